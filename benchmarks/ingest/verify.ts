import type { Engine } from '../measure/engine.ts';
import type { Route } from './routes.ts';

/** Every column but those that say when and by whom a row was written. */
const hashed = `interval, source, adjustment, open_time, session_date, toString(open), toString(high), toString(low),
  toString(close), toString(adjusted_close), toString(volume), quality_score, bar_label`;

interface Content {
  readonly rows: string;
  readonly hash: string;
}

/**
 * Reads what a route stored and compares it, count and every value, with the rows that were written down beforehand.
 *
 * @throws Error when they differ: what stores nothing is fast.
 */
export async function verify(engine: Engine, route: Route, symbol: string): Promise<void> {
  const content = async (table: string): Promise<Content> => {
    const [row] = await engine.rows<Content>(
      `SELECT count() AS rows, groupBitXor(cityHash64(tuple(${hashed}))) AS hash FROM ${table} WHERE symbol = '${symbol}'`,
    );
    return row as Content;
  };
  const expected = await content('market_data.limit_memory');
  const stored = await content(route.table);
  if (stored.rows !== expected.rows || stored.hash !== expected.hash || stored.rows === '0') {
    throw new Error(`${route.name} stored ${JSON.stringify(stored)} and not ${JSON.stringify(expected)}`);
  }
}
