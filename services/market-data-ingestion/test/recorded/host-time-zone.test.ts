import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIndependently } from './support/independent-reading.ts';
import type { PrintedBars, PrintRequest } from './support/print-bars.ts';
import { recordedBody, recordedFile, recordedPresent } from './support/recorded-files.ts';
import { startVendorServer, type VendorServer } from './support/vendor-server.ts';

/** Host zones with their distance from UTC at midwinter, in minutes west. */
const hostZones: readonly (readonly [zone: string, offsetMinutes: number])[] = [
  ['UTC', 0],
  ['America/New_York', 300],
  ['Asia/Kolkata', -330],
  ['Pacific/Auckland', -780],
];

/** Bars around 5 November 2023, when New York went from UTC-4 to UTC-5 at 02:00, and where they must be stored. */
const autumnIntraday: readonly (readonly [label: string, stored: string])[] = [
  ['2023-11-03 19:55:00', '2023-11-03T23:55:00.000Z 2023-11-03'],
  ['2023-11-05 00:55:00', '2023-11-05T04:55:00.000Z 2023-11-05'],
  ['2023-11-05 02:00:00', '2023-11-05T07:00:00.000Z 2023-11-05'],
  ['2023-11-06 04:00:00', '2023-11-06T09:00:00.000Z 2023-11-06'],
];
/** An hour that the clocks of New York showed twice. */
const ambiguousLabel = '2023-11-05 01:30:00';

const autumnDaily: readonly (readonly [label: string, stored: string])[] = [
  ['2023-11-03', '2023-11-03T04:00:00.000Z 2023-11-03'],
  ['2023-11-06', '2023-11-06T05:00:00.000Z 2023-11-06'],
];

/**
 * The Sundays on which New York changed its clocks, in years with different rules: until 2006 the first Sunday of April
 * and the last of October, since 2007 the second of March and the first of November.
 */
const changes: readonly (readonly [spring: string, autumn: string])[] = [
  ['2006-04-02', '2006-10-29'],
  ['2007-03-11', '2007-11-04'],
  ['2020-03-08', '2020-11-01'],
  ['2024-03-10', '2024-11-03'],
];

/** Bars of a Friday, the Sunday of the change and the Monday after, with where they belong. Hours from UTC before and after. */
function aroundChange(sunday: string, before: number, after: number): readonly (readonly [string, string])[] {
  const day = (days: number): string => new Date(Date.parse(sunday) + days * 86_400_000).toISOString().slice(0, 10);
  const bar = (days: number, time: string, hours: number): readonly [string, string] => {
    const instant = new Date(Date.parse(`${day(days)}T${time}Z`) + hours * 3_600_000).toISOString();
    return [`${day(days)} ${time}`, `${instant} ${day(days)}`];
  };
  return [
    bar(-2, '19:55:00', before),
    bar(0, '00:55:00', before),
    bar(0, '03:00:00', after),
    bar(1, '09:30:00', after),
  ];
}

const allChanges = changes.flatMap(([spring, autumn]) => [
  ...aroundChange(spring, 5, 4),
  ...aroundChange(autumn, 4, 5),
]);

const synthetic: readonly PrintRequest[] = [
  { symbol: 'AUTUMN', interval: '5min', adjusted: false },
  { symbol: 'AUTUMN.DAY', interval: 'daily', adjusted: false },
  { symbol: 'CHANGES', interval: '5min', adjusted: false },
];

let server: VendorServer;
let directory: string;
let printed: PrintedBars[];
let expectedRecorded: string[][] = [];

beforeAll(async () => {
  server = await startVendorServer();
  directory = await mkdtemp(join(tmpdir(), 'host-time-zone-'));
  server.serve('AUTUMN', { body: csv([...autumnIntraday.map(([label]) => label), ambiguousLabel]) });
  server.serve('CHANGES', { body: csv(allChanges.map(([label]) => label)) });
  server.serve('AUTUMN.DAY', { body: csv(autumnDaily.map(([label]) => label)) });
  const requests = [...synthetic, ...(recordedPresent ? serveRecorded() : [])];
  printed = await Promise.all(hostZones.map(([zone]) => printBars(zone, requests)));
}, 60_000);

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

/** Newest first, as the vendor writes. */
function csv(labels: readonly string[]): string {
  const rows = labels.toSorted().reverse();
  return ['timestamp,open,high,low,close,volume', ...rows.map((label) => `${label},10,11,9,10.5,2000`), ''].join('\n');
}

/** Serves the recordings that cross a change of the clocks; an independent reading says where their bars belong. */
function serveRecorded(): PrintRequest[] {
  const files = [recordedFile('david-bx-zhang__AAPL'), recordedFile('daily/kantipenkov__stonks_NVDA')];
  expectedRecorded = files.map(({ path, symbol }) => {
    const body = recordedBody(path);
    server.serve(symbol, { body });
    const bars = readIndependently(body.toString('utf8'));
    return bars.map(({ openTime, sessionDate }) => `${new Date(openTime).toISOString()} ${sessionDate}`);
  });
  return files.map(({ symbol, interval, adjusted }) => ({ symbol, interval, adjusted }));
}

async function printBars(zone: string, requests: readonly PrintRequest[]): Promise<PrintedBars> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=@quantumtrade/source',
      join(import.meta.dirname, 'support/print-bars.ts'),
      server.url,
      join(directory, zone.replace('/', '-')),
      JSON.stringify(requests),
    ],
    { env: { ...process.env, TZ: zone }, maxBuffer: 64 * 1024 * 1024, timeout: 50_000 },
  );
  return JSON.parse(stdout) as PrintedBars;
}

describe.each(hostZones.map(([zone, offset], index) => [zone, offset, index] as const))(
  'on a host in %s',
  (_zone, offsetMinutes, index) => {
    const here = (): PrintedBars => printed[index] as PrintedBars;

    it('runs in that zone', () => {
      expect(here().offsetMinutes).toBe(offsetMinutes);
    });

    it('stores the days around the change in autumn where they belong, and guesses no repeated hour', () => {
      expect(here().series[0]).toEqual(autumnIntraday.map(([, stored]) => stored));
      expect(here().series[1]).toEqual(autumnDaily.map(([, stored]) => stored));
      expect(here().rejected.slice(0, 2)).toEqual([[`${ambiguousLabel} ambiguous_time`], []]);
    });

    it('stores the same instants around both changes of four years', () => {
      expect(here().series[2]).toEqual(allChanges.map(([, stored]) => stored));
      expect(here().rejected[2]).toEqual([]);
    });

    it.skipIf(!recordedPresent)('stores recorded bars across changes of the clocks (recorded payloads absent)', () => {
      expect(here().series.slice(3)).toEqual(expectedRecorded);
    });
  },
);

describe.skipIf(!recordedPresent)('the recorded bars for all hosts (recorded payloads absent)', () => {
  it('really cross a change: the first bar of a day moves by one hour in UTC', () => {
    const firstOf = (date: string): string | undefined =>
      expectedRecorded[0]?.find((text) => text.endsWith(` ${date}`));
    expect(firstOf('2021-03-12')).toBe('2021-03-12T09:05:00.000Z 2021-03-12');
    expect(firstOf('2021-03-15')).toBe('2021-03-15T08:05:00.000Z 2021-03-15');
  });
});
