import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calendarOf } from '../src/index.ts';

const recorded = resolve(import.meta.dirname, '../../../../shared/fixtures/alphavantage');
const present = existsSync(recorded);
const nyse = calendarOf('XNYS');

/** The labels of a recorded answer, CSV or JSON, oldest first. */
function labelsOf(file: string): string[] {
  const text = readFileSync(join(recorded, file), 'utf8');
  const labels = text.match(/(?<=^|")\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?(?=,|": \{)/gm) ?? [];
  return labels.sort();
}

function filesIn(...folders: string[]): string[] {
  return folders.flatMap((folder) => globSync(`${folder}/*`, { cwd: recorded })).sort();
}

const format = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** An instant as the vendor writes it. */
function label(instant: number): string {
  return format.format(instant);
}

/** Recordings from before 2023 whose bars are labelled by their end. */
const endLabelled = /fin-algo_IBM_2020-07-27|intraday_extended/;

describe.skipIf(!present)('recorded series (recorded payloads absent)', () => {
  it.each(filesIn('daily', 'daily_adjusted'))('%s has the sessions of the calendar and no other day', (file) => {
    const labels = labelsOf(file);
    const sessions = nyse.sessions({ from: labels[0] as string, to: labels.at(-1) as string });
    expect(labels.length).toBeGreaterThanOrEqual(100);
    expect(labels).toEqual(sessions.map(({ date }) => date));
  });

  it.each(filesIn('weekly', 'weekly_adjusted', 'monthly', 'monthly_adjusted'))(
    '%s has a bar for the last session of each week or month',
    (file) => {
      const labels = labelsOf(file);
      const interval = file.startsWith('weekly') ? 'weekly' : 'monthly';
      // The first bar of a symbol and the newest one may be parts of a period.
      const [from, to] = [labels[1] as string, labels.at(-2) as string];
      const expected = nyse
        .sessions({ from, to })
        .filter((session) => nyse.expectedBars(interval, session).length === 1)
        .map(({ date }) => date);
      expect(labels.slice(1, -1)).toEqual(expected);
    },
  );

  it.each(filesIn('intraday_1min', 'intraday_5min', 'intraday_extended_1min', 'intraday_extended_5min'))(
    '%s has only bars that the calendar expects',
    (file) => {
      const interval = file.includes('1min/') ? '1min' : '5min';
      const length = endLabelled.test(file) ? Number(interval[0]) * 60_000 : 0;
      const labels = labelsOf(file);
      const days = { from: (labels[0] as string).slice(0, 10), to: (labels.at(-1) as string).slice(0, 10) };
      const expected = nyse
        .sessions(days)
        .flatMap((session) => [...nyse.expectedBars(interval, session, { extended: true })])
        .map((open) => label(open + length));
      expect(labels.length).toBeGreaterThanOrEqual(100);
      expect(new Set(labels).difference(new Set(expected))).toEqual(new Set());
    },
  );

  it.each(filesIn('intraday_extended_1min', 'intraday_extended_5min'))(
    '%s has every bar of every regular session between its first and its last day',
    (file) => {
      const interval = file.includes('1min/') ? '1min' : '5min';
      const labels = labelsOf(file);
      const sessions = nyse
        .sessions({ from: (labels[0] as string).slice(0, 10), to: (labels.at(-1) as string).slice(0, 10) })
        .slice(1, -1);
      const expected = sessions
        .flatMap((session) => [...nyse.expectedBars(interval, session)])
        .map((open) => label(open + Number(interval[0]) * 60_000));
      expect(sessions.length).toBeGreaterThan(10);
      expect(new Set(expected).difference(new Set(labels))).toEqual(new Set());
    },
  );
});
