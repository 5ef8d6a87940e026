import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawBars, VirtualClock } from '@quantumtrade/core-testing';
import { createDatabaseManager } from '@quantumtrade/database-abstraction';
import type { BarField, Interval, QuarantinedBar, RawBarRow, StoredBar } from '@quantumtrade/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QualityProcessor } from '../../src/index.ts';
import { BatchWriter } from '../../src/storage/batch-writer.ts';

const directory = await mkdtemp(join(tmpdir(), 'market-data-exact-'));
const clock = new VirtualClock({ autoAdvance: true });
const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: directory } });
const writer = new BatchWriter({ store: manager.clickhouse });
const processor = new QualityProcessor({
  settings: {
    minQualityScore: 0,
    enableValidation: true,
    maxPriceDeviationPercent: 10,
    minVolumeThreshold: 1000,
    enableDeduplication: true,
  },
});

beforeAll(async () => {
  await manager.runMigrations();
});
afterAll(async () => {
  await manager.close();
  await rm(directory, { recursive: true });
});

interface Kept {
  readonly bars: readonly StoredBar[];
  readonly rejected: readonly QuarantinedBar[];
}

let symbols = 0;

/** What the store has of a vendor's rows, after they went through processor and writer; nothing may be missing. */
async function keep(rows: readonly RawBarRow[], interval: Interval = 'daily'): Promise<Kept> {
  symbols += 1;
  const symbol = `EXACT${symbols}`;
  const processed = processor.process(rawBars({ symbol, interval, rows }));
  const batchId = `00000000-0000-4000-8000-${String(symbols).padStart(12, '0')}`;
  const outcome = await writer.write({ ...processed, identity: { batchId, acceptedAt: Date.UTC(2024, 0, 9) } });
  expect(outcome.stored + processed.duplicates + processed.quarantined.length).toBe(rows.length);
  const bars = await manager.clickhouse.getStoredBars({ symbol, interval, source: 'fake', adjustment: 'raw' });
  return { bars, rejected: await manager.clickhouse.getQuarantine({ symbol }) };
}

const plain = { open: '1', high: '1', low: '1', close: '1', adjustedClose: '1', volume: '1' };
const fields: readonly BarField[] = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'];
const largest = `${'9'.repeat(20)}.${'9'.repeat(18)}`;

const exactOnes: readonly (readonly [written: string, kept: string])[] = [
  ...[largest, `-${largest}`, '0.000000000000000001', '9007199254740993.25'].map((text) => [text, text] as const),
  ['1e19', '10000000000000000000'],
  ['0.000000000000000001e1', '0.00000000000000001'],
];
const inexactOnes = [
  ...[`1${'0'.repeat(20)}`, `-1${'0'.repeat(20)}`, '1e20', '1e99', '340282366920938463463374607431768211457'],
  ...[`${largest}1`, '0.0000000000000000001', '1.0000000000000000001'],
];

/** One row a text, on consecutive days. */
const rowsWith = (field: BarField, texts: readonly string[]): RawBarRow[] =>
  texts.map((text, day) => ({ label: `2024-01-${String(day + 1).padStart(2, '0')}`, ...plain, [field]: text }));

describe.each(fields)('the column %s', (field) => {
  it('keeps whatever fits its digits exactly', async () => {
    const written = exactOnes.map(([text]) => text);
    const { bars, rejected } = await keep(rowsWith(field, written));
    expect(rejected).toEqual([]);
    expect(bars.map((bar) => bar[field])).toEqual(exactOnes.map(([, kept]) => kept));
  });

  it('quarantines everything else word for word and rounds nothing', async () => {
    const rows = rowsWith(field, ['1', ...inexactOnes]);
    const { bars, rejected } = await keep(rows);
    expect(bars.map((bar) => [bar.sessionDate, bar[field]])).toEqual([['2024-01-01', '1']]);
    expect(rejected.map(({ label, values, brokenRules }) => [label, values[field], brokenRules])).toEqual(
      rows.slice(1).map((row) => [row.label, row[field], ['value_not_exact']]),
    );
  });
});

describe('the columns of time', () => {
  it('keep the first and the last date that they hold, and quarantine the next ones', async () => {
    const labels = ['1899-12-31', '1900-01-01', '2299-12-31', '2300-01-01', '9999-12-31', '0001-01-01'];
    const { bars, rejected } = await keep(labels.map((label) => ({ label, ...plain })));
    expect(bars.map(({ sessionDate }) => sessionDate)).toEqual(['1900-01-01', '2299-12-31']);
    expect(rejected.map(({ label, brokenRules }) => [label, brokenRules])).toEqual(
      ['0001-01-01', '1899-12-31', '2300-01-01', '9999-12-31'].map((label) => [label, ['time_out_of_range']]),
    );
  });

  it('do the same for instants', async () => {
    const labels = ['1899-12-31 12:00:00', '1900-01-02 00:00:00', '2299-12-31 18:59:00', '2299-12-31 19:00:00'];
    const { bars, rejected } = await keep(
      labels.map((label) => ({ label, ...plain })),
      '1min',
    );
    expect(bars.map(({ openTime }) => new Date(openTime).toISOString())).toEqual([
      expect.stringMatching(/^1900-01-02T0[45]:/),
      '2299-12-31T23:59:00.000Z',
    ]);
    expect(rejected.map(({ label }) => label)).toEqual(['1899-12-31 12:00:00', '2299-12-31 19:00:00']);
  });
});

describe('the lineage of a bar', () => {
  it('names the rules that it broke although it was accepted', async () => {
    const { bars, rejected } = await keep([
      { label: '2024-01-02', ...plain, volume: '5000' },
      { label: '2024-01-03', ...plain, volume: '5' },
      { label: '2024-01-04', open: '10', high: '8', low: '9', close: '12', adjustedClose: '1', volume: '5' },
    ]);
    expect(rejected).toEqual([]);
    expect(bars.map(({ qualityScore, brokenRules }) => [qualityScore, brokenRules])).toEqual([
      [100, []],
      [90, ['low_volume']],
      [0, expect.arrayContaining(['high_below_low', 'open_outside_range', 'excessive_deviation', 'low_volume'])],
    ]);
  });
});
