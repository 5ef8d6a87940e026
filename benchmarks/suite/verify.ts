import { hash } from 'node:crypto';
import type { MadeBar } from '../measure/bars.ts';
import type { Sql } from '../measure/engine.ts';
import { expectedRow, lineExpression } from './expected-row.ts';

/** Number and content of some rows; the order does not matter and a repeated row shows. */
export interface Content {
  readonly rows: number;
  /** Sum of the first 64 bits of each row's MD5, modulo 2^64. */
  readonly hash: bigint;
}

/** What must be stored of the bars of one symbol, worked out from how they were made. */
export function expectedContent(bars: readonly MadeBar[]): Content {
  let sum = 0n;
  for (const bar of bars) sum += (hash('md5', expectedRow(bar).line, 'buffer') as Buffer).readBigUInt64LE(0);
  return { rows: bars.length, hash: BigInt.asUintN(64, sum) };
}

/**
 * Reads what is stored of the symbols and compares it, count and every column, with what must be there. Which batch a row
 * belongs to and when it was accepted cannot be known beforehand: all rows of a symbol must have the same.
 *
 * @throws Error when they differ: what stores nothing is fast.
 */
export async function verifyStored(
  { rows }: Sql,
  who: string,
  symbols: readonly string[],
  expected: Content,
): Promise<void> {
  const stored = await rows<{ symbol: string; rows: string; hash: string; batches: string; identified: number }>(
    `SELECT symbol, count() AS rows, sum(reinterpretAsUInt64(substring(MD5(${lineExpression}), 1, 8))) AS hash,
       uniqExact(batch_id, ingested_at) AS batches, min(batch_id) != toUUID('${zeroes}') AS identified
     FROM market_data.bars WHERE symbol IN (${symbols.map((symbol) => `'${symbol}'`).join(', ')}) GROUP BY symbol`,
  );
  const bySymbol = new Map(stored.map((row) => [row.symbol, row]));
  for (const symbol of symbols) {
    const found = bySymbol.get(symbol);
    if (Number(found?.rows ?? 0) !== expected.rows) {
      throw new Error(`${who} stored ${found?.rows ?? 'no'} rows of ${symbol} and not ${expected.rows}`);
    }
    if (BigInt(found?.hash ?? 0) !== expected.hash) {
      throw new Error(`${who} stored other rows of ${symbol} than it was given: ${found?.hash}, not ${expected.hash}`);
    }
    if (found?.batches !== '1' || found.identified !== 1) {
      throw new Error(`${who} stored the rows of ${symbol} under ${found?.batches} batches, or under none`);
    }
  }
}

const zeroes = '00000000-0000-0000-0000-000000000000';
