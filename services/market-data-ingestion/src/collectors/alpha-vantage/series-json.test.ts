import { existsSync, readFileSync } from 'node:fs';
import type { BarField, TextColumn } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { readJsonAnswer } from './series-json.ts';

const recorded = new URL('../../../../../../shared/fixtures/alphavantage/', import.meta.url);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const key = 'Time Series (Daily)';
const read = (text: string): ReturnType<typeof readJsonAnswer> => readJsonAnswer(bytes(text), key);

/** The rows as plain text, for comparing. */
function rowsOf(answer: ReturnType<typeof readJsonAnswer>): Record<string, string>[] {
  const { series, text } = answer;
  if (series === undefined) return [];
  const at = (column: TextColumn, row: number): string =>
    Buffer.from(text.subarray(column.starts[row], column.ends[row])).toString();
  return Array.from({ length: series.length }, (_, row) => {
    const values: Record<string, string> = { label: at(series.label, row) };
    for (const [field, column] of Object.entries(series.values)) values[field] = at(column, row);
    return values;
  });
}

describe('readJsonAnswer', () => {
  it('reads fields by name: number 5 is the volume or the adjusted close', () => {
    const answer = read(
      `{"${key}":{"2024-01-02":{"1. open":"1","4. close":"2","5. adjusted close":"1.5","6. volume":"9","7. dividend amount":"0"},` +
        '"2024-01-01":{"5. volume":"8","1. open":"3"}}}',
    );
    expect(rowsOf(answer)).toEqual([
      { label: '2024-01-02', open: '1', close: '2', adjustedClose: '1.5', volume: '9' },
      { label: '2024-01-01', open: '3', close: '', adjustedClose: '', volume: '8' },
    ]);
  });

  it('keeps repeated timestamps as rows of their own, in the order of the document', () => {
    const answer = read(`{"${key}":{"9":{"open":"1"},"1":{"open":"2"},"9":{"open":"3"}}}`);
    expect(rowsOf(answer).map((row) => `${row.label}:${row.open}`)).toEqual(['9:1', '1:2', '9:3']);
  });

  it('empties what is null, no scalar or said twice, and keeps the row', () => {
    const answer = read(
      `{"${key}":{"a":{"open":null,"high":{"x":1},"low":[1],"close":5.10},"b":null,"c":"text","d":{"open":"1","1. open":"2","close":true}}}`,
    );
    expect(rowsOf(answer)).toEqual([
      { label: 'a', open: '', high: '', low: '', close: '5.10' },
      { label: 'b', open: '', high: '', low: '', close: '' },
      { label: 'c', open: '', high: '', low: '', close: '' },
      { label: 'd', open: '', high: '', low: '', close: 'true' },
    ]);
  });

  it('reads values and keys with escapes', () => {
    const answer = read(`{"Time Series \\u0028Daily)":{"2024\\u002d01-01":{"1. \\u006fpen":"\\u0031.5"}}}`);
    expect(rowsOf(answer)).toEqual([{ label: '2024-01-01', open: '1.5' }]);
  });

  it('collects meta data by plain name and top-level texts', () => {
    const answer = read(
      '{"Meta Data":{"2. Symbol":"IBM","6. Time Zone":"US/Eastern","x":{"y":1}},"Note":"wait","n":5}',
    );
    expect([...answer.metaData]).toEqual([
      ['symbol', 'IBM'],
      ['time zone', 'US/Eastern'],
    ]);
    expect([...answer.texts]).toEqual([['Note', 'wait']]);
    expect(answer.series).toBeUndefined();
  });

  it('names another series that came instead', () => {
    expect(read('{"Weekly Time Series":{"a":{}}}').otherSeries).toBe('Weekly Time Series');
  });

  it.each([
    ['{}', true],
    ['{"Global Quote":{}}', true],
    [`{"${key}":{}}`, true],
    ['{"Meta Data":{"2. Symbol":"IBM"}}', true],
    ['{"Meta Data":{"2. Symbol":"IBM"},"Note":""}', false],
    ['{"Meta Data":"none"}', false],
    ['{"Global Quote":{"a":"b"}}', false],
    ['{"a":[]}', false],
    ['[]', false],
    [`{"${key}":{"a":{}}}`, false],
  ])('says of %s that it is empty: %s', (text, empty) => {
    expect(read(text).isEmpty).toBe(empty);
  });

  it.each([`{"${key}":{},"${key}":{}}`, `{"${key}":[]}`, '{"Meta Data":{"2. Symbol":"A","3. Symbol":"B"}}'])(
    'refuses %s, which says two things or the wrong thing',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ name: 'BodyError', truncated: false }));
    },
  );

  it('takes thousands of members in one row without harm', () => {
    const members = Array.from({ length: 5000 }, (_, i) => `"k${i}":"v"`).join(',');
    expect(rowsOf(read(`{"${key}":{"a":{${members},"open":"1"}}}`))).toEqual([{ label: 'a', open: '1' }]);
  });
});

describe.skipIf(!existsSync(recorded))('readJsonAnswer on recorded payloads (recorded payloads absent)', () => {
  const names: Record<string, BarField> = {
    '1. open': 'open',
    '2. high': 'high',
    '3. low': 'low',
    '4. close': 'close',
    '5. adjusted close': 'adjustedClose',
    '5. volume': 'volume',
    '6. volume': 'volume',
  };

  it.each([
    ['intraday_1min/RomelTorres__alpha_vantage_MSFT_2017-12-18.json', 'Time Series (1min)', 100],
    ['daily/kantipenkov__stonks_NVDA_full_2021-12-23.json', key, 5574],
    ['daily_adjusted/rinebob__visvol_TSLA_2021-07-23.json', key, 100],
    ['daily_adjusted/suhaskollur__IBM_full_2023-12-12.json', key, 6068],
  ])('reads %s as JSON.parse does', (file, series, count) => {
    const body = readFileSync(new URL(file, recorded));
    const parsed = JSON.parse(body.toString()) as Record<string, Record<string, Record<string, string>>>;
    const expected = Object.entries(parsed[series] ?? {}).map(([label, row]) => {
      const values: Record<string, string> = { label };
      for (const [name, value] of Object.entries(row)) if (names[name] !== undefined) values[names[name]] = value;
      return values;
    });
    const rows = rowsOf(readJsonAnswer(body, series));
    expect(rows).toHaveLength(count);
    expect(rows).toEqual(expected);
  });
});
