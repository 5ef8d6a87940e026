import { describe, expect, it } from 'vitest';
import { makeBars } from '../measure/bars.ts';
import type { Sql } from '../measure/engine.ts';
import { expectedRow } from './expected-row.ts';
import { expectedContent, verifyStored } from './verify.ts';

const bars = makeBars(20);
const expected = expectedContent(bars);
const right = { symbol: 'A', rows: '20', hash: String(expected.hash), batches: '1', identified: 1 };

/** An engine that answers with these rows, whatever is asked. */
const engineWith = (...rows: object[]): Sql => ({
  command: async () => {},
  rows: async <Row>() => rows as Row[],
});

describe('expectedRow', () => {
  it('writes every column as the engine prints it', () => {
    const bar = { label: '2024-04-01 09:30:00', openTime: 1_711_978_200_000, open: '190.2500', high: '191.0000' };
    const values = { low: '0.1000', close: '10', volume: '500', qualityScore: 90 };
    expect(expectedRow({ ...bar, ...values }).line).toBe(
      '1min|alpha_vantage|raw|1711978200000|2024-04-01|190.25|191|0.1|10|none|500|90|low_volume|start|2024-06-03 19:55:00',
    );
  });
});

describe('expectedContent', () => {
  it('does not depend on the order and notices one changed value', () => {
    expect(expectedContent(bars.toReversed())).toEqual(expected);
    const changed = bars.map((bar, i) => (i === 7 ? { ...bar, close: '1.2345' } : bar));
    expect(expectedContent(changed).hash).not.toBe(expected.hash);
  });

  it('notices a row that is there twice in place of another', () => {
    const [first, , ...others] = bars as [(typeof bars)[0], (typeof bars)[0], ...typeof bars];
    expect(expectedContent([first, first, ...others]).hash).not.toBe(expected.hash);
  });
});

describe('verifyStored', () => {
  it('is content with exactly the expected rows', async () => {
    await expect(verifyStored(engineWith(right), 'service', ['A'], expected)).resolves.toBeUndefined();
  });

  it.each([
    ['nothing', [], 'service stored no rows of A and not 20'],
    ['a row less', [{ ...right, rows: '19' }], 'service stored 19 rows of A and not 20'],
    ['other values', [{ ...right, hash: '1' }], 'service stored other rows of A'],
    ['rows of two batches', [{ ...right, batches: '2' }], 'service stored the rows of A under 2 batches'],
    ['rows without a batch', [{ ...right, identified: 0 }], 'or under none'],
  ])('refuses %s', async (_, rows, message) => {
    await expect(verifyStored(engineWith(...rows), 'service', ['A'], expected)).rejects.toThrow(message);
  });

  it('refuses when one of several symbols is missing', async () => {
    await expect(verifyStored(engineWith(right), 'service', ['A', 'B'], expected)).rejects.toThrow('no rows of B');
  });
});
