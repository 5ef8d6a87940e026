import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { TextColumn } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { readCsvAnswer } from './series-csv.ts';

const recorded = new URL('../../../../../../shared/fixtures/alphavantage/', import.meta.url);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const header = 'timestamp,open,high,low,close,volume';

function rowsOf(body: Uint8Array): Record<string, string>[] | undefined {
  const answer = readCsvAnswer(body);
  if (answer === undefined) return undefined;
  const { series, text } = answer;
  const at = (column: TextColumn, row: number): string =>
    Buffer.from(text.subarray(column.starts[row], column.ends[row])).toString();
  return Array.from({ length: series.length }, (_, row) => {
    const values: Record<string, string> = { label: at(series.label, row) };
    for (const [field, column] of Object.entries(series.values)) values[field] = at(column, row);
    return values;
  });
}

const first = { label: '2024-01-02', open: '1', high: '2', low: '0.5', close: '1.5', volume: '9' };

describe('readCsvAnswer', () => {
  it.each([
    ['LF', `${header}\n2024-01-02,1,2,0.5,1.5,9\n`],
    ['LF without an end', `${header}\n2024-01-02,1,2,0.5,1.5,9`],
    ['CRLF', `${header}\r\n2024-01-02,1,2,0.5,1.5,9\r\n`],
    ['blank lines', `${header}\n\n2024-01-02,1,2,0.5,1.5,9\r\n\r\n\n`],
    ['a byte order mark', `\ufeff${header}\n2024-01-02,1,2,0.5,1.5,9\n`],
    ['quotes', `"timestamp","open","high","low","close","volume"\r\n"2024-01-02","1","2",0.5,"1.5","9"\r\n`],
    ['other order and more columns', 'volume,x,Time,low,high,close,open\n9,?,2024-01-02,0.5,2,1.5,1\n'],
  ])('reads a body with %s', (_, body) => {
    expect(rowsOf(bytes(body))).toEqual([first]);
  });

  it.each(['adjusted_close', 'adjusted close'])('knows the column %s', (name) => {
    expect(rowsOf(bytes(`timestamp,open,high,low,close,${name}\na,1,2,3,4,5\n`))).toEqual([
      { label: 'a', open: '1', high: '2', low: '3', close: '4', adjustedClose: '5' },
    ]);
  });

  it('unfolds doubled quotes and keeps commas and line ends inside quotes', () => {
    expect(rowsOf(bytes(`${header}\n"a""b, c\nd",1,2,3,4,5\n`))?.[0]?.label).toBe('a"b, c\nd');
  });

  it('keeps repeated timestamps', () => {
    expect(rowsOf(bytes(`${header}\na,1,2,3,4,5\na,1,2,3,4,5\n`))).toHaveLength(2);
  });

  it('empties a row in the middle whose fields cannot be told apart', () => {
    const rows = rowsOf(bytes(`${header}\na,1,2,3,4\nb,1,2,3,4,5,6\nc,"1"x,2,3,4,5\n2024-01-02,1,2,0.5,1.5,9\n`));
    const empty = { open: '', high: '', low: '', close: '', volume: '' };
    expect(rows).toEqual([{ label: 'a', ...empty }, { label: 'b', ...empty }, { label: 'c', ...empty }, first]);
  });

  it.each([
    ['fields are missing', `${header}\na,1,2,3,4,5\nb,1,2`],
    ['fields are missing although the line ends', `${header}\na,1,2,3,4,5\nb,1,2\n`],
    ['a CRLF body stops inside the last value', `${header}\r\na,1,2,3,4,5\r\nb,1,2,3,4,5`],
    ['a quote is left open', `${header}\na,1,2,3,4,"5`],
    ['the header stops', 'timestamp,open,hi'],
  ])('calls the body cut off when %s', (_, body) => {
    expect(() => readCsvAnswer(bytes(body))).toThrow(expect.objectContaining({ name: 'BodyError', truncated: true }));
  });

  it('refuses a header that names a price twice or not at all', () => {
    for (const names of ['timestamp,open,open,high,low,close', 'timestamp,open,high,low']) {
      expect(() => readCsvAnswer(bytes(`${names}\n`))).toThrow(expect.objectContaining({ truncated: false }));
    }
  });

  it('says no rows for a header alone, and nothing for other text', () => {
    expect(rowsOf(bytes(`${header}\r\n`))).toEqual([]);
    expect(readCsvAnswer(bytes('symbol,open,high,low,price\nIBM,1,2,3,4\n'))).toBeUndefined();
    expect(readCsvAnswer(bytes('Bad gateway'))).toBeUndefined();
    expect(readCsvAnswer(bytes('\n\n'))).toBeUndefined();
  });
});

describe.skipIf(!existsSync(recorded))('readCsvAnswer on recorded payloads (recorded payloads absent)', () => {
  const folders = ['intraday_1min', 'intraday_5min', 'intraday_extended_1min', 'intraday_extended_5min', 'daily'];
  const adjusted = ['daily_adjusted', 'weekly', 'weekly_adjusted', 'monthly', 'monthly_adjusted', 'fx_daily'];
  const files = existsSync(recorded)
    ? [...folders, ...adjusted].flatMap((folder) =>
        readdirSync(new URL(`${folder}/`, recorded))
          .filter((name) => name.endsWith('.csv'))
          .map((name) => `${folder}/${name}`),
      )
    : [];

  it.each(files)('reads %s as splitting at commas does', (file) => {
    const body = readFileSync(new URL(file, recorded));
    const [head = '', ...lines] = body.toString().trimEnd().split(/\r?\n/);
    const names = head.split(',').map((name) => name.replaceAll('_', ' '));
    const expected = lines.map((line) => {
      const cells = line.split(',');
      const values: Record<string, string | undefined> = { label: cells[0] };
      for (const name of ['open', 'high', 'low', 'close', 'volume']) {
        if (names.includes(name)) values[name] = cells[names.indexOf(name)];
      }
      if (names.includes('adjusted close')) values.adjustedClose = cells[names.indexOf('adjusted close')];
      return values;
    });
    expect(expected.length).toBeGreaterThan(99);
    expect(rowsOf(body)).toEqual(expected);
  });
});
