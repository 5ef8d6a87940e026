import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@quantumtrade/core-defaults';
import { collectAll, type MarketDataIngestionService } from '@quantumtrade/market-data-ingestion';
import { barInterval } from '../../measure/bars.ts';
import type { Sql } from '../../measure/engine.ts';
import type { Route, RouteName } from './route.ts';

export interface ServiceRouteOptions {
  readonly name: RouteName;
  readonly service: MarketDataIngestionService;
  /** Where the service stores, to see the records of its collections. */
  readonly sql: Sql;
  /** Bars that each symbol's answer has. */
  readonly bars: number;
  /** Collections under way at once. */
  readonly concurrency: number;
  /** Readies the vendor's answers. */
  readonly answers?: ((symbols: readonly string[]) => void) | undefined;
  /** Stores the data before the measurement, so that it comes unchanged. */
  readonly storedBefore?: boolean | undefined;
}

/** Collects every symbol with `collectSymbolData`; each result must say that all its bars are where they belong. */
export function serviceRoute(options: ServiceRouteOptions): Route {
  const { name, service, sql, bars, concurrency, storedBefore = false } = options;
  const collect = async (symbols: readonly string[], what: 'stored' | 'unchanged'): Promise<void> => {
    const jobs = symbols.map((symbol) => ({ symbol, interval: barInterval }));
    for (const outcome of await collectAll(jobs, { service, clock: systemClock, concurrency })) {
      if ('error' in outcome) throw outcome.error;
      if (outcome.result[what] === bars) continue;
      throw new Error(`${name}: ${what} should be ${bars}, but the result is ${JSON.stringify(outcome.result)}`);
    }
  };
  /** The record of a collection is written behind its result: it must not cost the next route. */
  const recorded = async (symbols: readonly string[], each: number): Promise<void> => {
    const list = symbols.map((symbol) => `'${symbol}'`).join(', ');
    for (let patience = 2000; patience > 0; patience--) {
      const [row] = await sql.rows<{ batches: string }>(
        `SELECT uniqExact(batch_id) AS batches FROM market_data.ingestion_batches WHERE symbol IN (${list})`,
      );
      if (Number(row?.batches) === symbols.length * each) return;
      await sleep(5);
    }
    throw new Error(`${name}: the collections are not on record`);
  };
  return {
    name,
    prepare: async (symbols) => {
      options.answers?.(symbols);
      if (!storedBefore) return;
      await collect(symbols, 'stored');
      await recorded(symbols, 1);
    },
    run: async (symbols) => await collect(symbols, storedBefore ? 'unchanged' : 'stored'),
    settle: async (symbols) => await recorded(symbols, storedBefore ? 2 : 1),
  };
}
