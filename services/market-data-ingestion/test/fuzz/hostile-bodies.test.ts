import { describe, expect, it } from 'vitest';
import { fuzz, judge } from './hostile-bodies.ts';

const rows = ['2024-01-05', '2024-01-04', '2024-01-03', '2024-01-02'];
const wholeJson = JSON.stringify({
  'Meta Data': { '1. Information': 'Daily Prices', '2. Symbol': 'IBM', '5. Time Zone': 'US/Eastern' },
  'Time Series (Daily)': Object.fromEntries(
    rows.map((day, index) => [
      day,
      { '1. open': `${100 + index}.5`, '2. high': '120', '3. low': '90', '4. close': '101.25', '5. volume': '5000' },
    ]),
  ),
});
const wholeCsv = [
  'timestamp,open,high,low,close,volume',
  ...rows.map((day) => `${day},100.5,120,90,101.25,5000`),
  '',
].join('\r\n');

describe('bodies that nobody should send', () => {
  it('are each a classified failure or exact data: 10,000 of them', { timeout: 60_000 }, () => {
    const counts = fuzz(10_000, 20_240_102);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(10_000);
    // A run in which everything is refused would show nothing.
    expect(counts.get('data')).toBeGreaterThan(500);
    for (const reason of ['malformed', 'noData', 'outage', 'minuteQuota', 'unknown']) {
      expect([reason, (counts.get(reason) ?? 0) > 50]).toEqual([reason, true]);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('give nothing of a JSON answer that is cut, at whatever byte', () => {
    const whole = Buffer.from(wholeJson);
    expect(judge(whole)).toEqual({ rows: 4 });
    for (let length = 0; length < whole.length; length++) {
      expect([length, judge(whole.subarray(0, length))]).toEqual([length, { reason: 'malformed' }]);
    }
  });

  it('give nothing of a CSV answer that is cut inside a row, and whole rows where it is cut between two', () => {
    const whole = Buffer.from(wholeCsv);
    expect(judge(whole)).toEqual({ rows: 4 });
    for (let length = 0; length < whole.length; length++) {
      const judgement = judge(whole.subarray(0, length));
      const ended = wholeCsv.slice(0, length).endsWith('\n');
      const lines = wholeCsv.slice(0, length).split('\r\n').length - 2;
      if (ended && lines > 0) expect([length, judgement]).toEqual([length, { rows: lines }]);
      else expect([length, 'reason' in judgement]).toEqual([length, true]);
    }
  });

  const size = 50 * 1024 * 1024;
  it.each<[what: string, body: () => Buffer, reason: string]>([
    ['brackets', () => Buffer.alloc(size, '['), 'malformed'],
    ['objects in objects', () => Buffer.alloc(size, '{"a":'), 'malformed'],
    ['one text', () => Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(size, 'x'), Buffer.from('"}')]), 'unknown'],
    ['one number', () => Buffer.concat([Buffer.from('{"a":'), Buffer.alloc(size, '9'), Buffer.from('}')]), 'unknown'],
    ['one line', () => Buffer.alloc(size, '1,'), 'unknown'],
    ['nothing', () => Buffer.alloc(size, ' '), 'malformed'],
    ['zero bytes', () => Buffer.alloc(size), 'malformed'],
  ])('are read to their end or given up, with 50 MB of %s', { timeout: 60_000 }, (_, body, reason) => {
    expect(judge(body())).toEqual({ reason });
  });
});
