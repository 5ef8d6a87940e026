import { systemClock } from '@quantumtrade/core-defaults';
import { collectAll, type MarketDataIngestionService } from '@quantumtrade/market-data-ingestion';
import { barInterval } from '../../measure/bars.ts';
import type { Route, RouteName } from './route.ts';

export interface ServiceRouteOptions {
  readonly name: RouteName;
  readonly service: MarketDataIngestionService;
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
  const { name, service, bars, concurrency, storedBefore = false } = options;
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
    const asked = new Set(symbols);
    const records = await service.collections({ limit: symbols.length * each });
    if (records.length === symbols.length * each && records.every(({ symbol }) => asked.has(symbol))) return;
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
