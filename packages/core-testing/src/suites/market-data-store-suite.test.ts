import type { DecimalColumn, MarketDataStore, StoredBar } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { InMemoryMarketDataStore } from '../market-data/in-memory-market-data-store.ts';
import { marketDataStoreSuite } from './market-data-store-suite.ts';
import { runSuite } from './run-suite.ts';

type Broken = (store: InMemoryMarketDataStore) => Partial<MarketDataStore>;

/** A store whose reads give each bar changed. */
const changing =
  (change: (bar: StoredBar) => StoredBar): Broken =>
  (store) => ({ getStoredBars: async (query) => (await store.getStoredBars(query)).map(change) });

let batches = 0;

describe('marketDataStoreSuite', () => {
  it.each<[string, string, Broken]>([
    [
      'limits to the newest bars',
      'limits to the oldest',
      (store) => ({
        getStoredBars: async ({ limit = 1e9, ...query }) => (await store.getStoredBars(query)).slice(-limit),
      }),
    ],
    [
      'leaves out the last instant',
      'both included',
      (store) => ({
        getStoredBars: (query) =>
          store.getStoredBars({ ...query, to: query.to === undefined ? undefined : query.to - 1 }),
      }),
    ],
    [
      'gives newest bars first',
      'every field',
      (store) => ({
        getStoredBars: async (query) => (await store.getStoredBars(query)).reverse(),
      }),
    ],
    [
      'mixes sources',
      'keeps series apart',
      (store) => ({
        insertMarketData: (batch, identity) =>
          store.insertMarketData({ ...batch, series: { ...batch.series, source: 'one' } }, identity),
        getStoredBars: (query) => store.getStoredBars({ ...query, source: 'one' }),
      }),
    ],
    ['gives 0 for an absent volume', 'absent volume', changing((bar) => ({ ...bar, volume: bar.volume ?? '0' }))],
    ['keeps floats', '14 decimals', changing((bar) => ({ ...bar, volume: bar.volume && String(Number(bar.volume)) }))],
    ['cuts decimals', 'bigint units', changing((bar) => ({ ...bar, low: bar.low.slice(0, 16) }))],
    [
      'keeps seconds',
      'to the millisecond',
      changing((bar) => ({
        ...bar,
        openTime: Math.trunc(bar.openTime / 1000) * 1000,
      })),
    ],
    [
      'compares units and not values',
      'another scale',
      (store) => {
        const seen = new Map<string, number>();
        return {
          async insertMarketData(batch, identity) {
            const { scale }: DecimalColumn = batch.close;
            const known = seen.get(batch.series.symbol);
            seen.set(batch.series.symbol, scale);
            const outcome = await store.insertMarketData(batch, identity);
            return known === undefined || known === scale ? outcome : { stored: batch.length, unchanged: 0 };
          },
        };
      },
    ],
    [
      'ignores a changed volume',
      'each single value',
      (store) => ({
        insertMarketData: (batch, identity) => store.insertMarketData({ ...batch, volume: undefined }, identity),
      }),
    ],
    [
      'counts everything as stored',
      'same bars come again',
      (store) => ({
        insertMarketData: async (batch, identity) => {
          await store.insertMarketData(batch, identity);
          return { stored: batch.length, unchanged: 0 };
        },
      }),
    ],
    [
      'takes a late retry for news',
      'after a newer one',
      (store) => ({
        insertMarketData: (batch) => {
          batches += 1;
          return store.insertMarketData(batch, { batchId: `b${batches}`, acceptedAt: batches });
        },
      }),
    ],
    [
      'says of a retry that nothing was stored',
      'outcome of the first',
      (store) => {
        const seen = new Set<string>();
        return {
          insertMarketData: async (batch, identity) => {
            const outcome = await store.insertMarketData(batch, identity);
            if (!seen.has(identity.batchId)) {
              seen.add(identity.batchId);
              return outcome;
            }
            return { stored: 0, unchanged: batch.length };
          },
        };
      },
    ],
    [
      'lets labels mix',
      'label convention',
      (store) => ({
        insertMarketData: (batch, identity) => store.insertMarketData({ ...batch, barLabel: 'end' }, identity),
      }),
    ],
    [
      'loses part of a large batch',
      '25,000',
      (store) => ({
        getStoredBars: async (query) => (await store.getStoredBars(query)).slice(0, 10_000),
      }),
    ],
    [
      'repeats quarantine',
      'there already',
      (store) => ({
        insertQuarantine: (series, rows, identity) => {
          batches += 1;
          const again = rows.map((row) => ({ ...row, brokenRules: [...row.brokenRules, `${batches}`] }));
          return store.insertQuarantine(series, again, identity);
        },
      }),
    ],
    [
      'keeps one quarantined row a label',
      'differs in label',
      (store) => ({
        insertQuarantine: (series, rows, identity) =>
          store.insertQuarantine(
            series,
            rows.map((row) => ({ ...row, values: {}, brokenRules: [] })),
            identity,
          ),
      }),
    ],
    [
      'trims vendor text',
      'word for word',
      (store) => ({
        insertQuarantine: (series, rows, identity) =>
          store.insertQuarantine(
            series,
            rows.map((row) => ({ ...row, label: row.label.trim() })),
            identity,
          ),
      }),
    ],
    ['ignores the asked symbol', 'one symbol', (store) => ({ getQuarantine: () => store.getQuarantine() })],
  ])('finds a store that %s', async (_, test, broken) => {
    const store = new InMemoryMarketDataStore();
    const sound: MarketDataStore = {
      insertMarketData: (batch, identity) => store.insertMarketData(batch, identity),
      getMarketData: (query) => store.getMarketData(query),
      getStoredBars: (query) => store.getStoredBars(query),
      insertQuarantine: (series, rows, identity) => store.insertQuarantine(series, rows, identity),
      getQuarantine: (query) => store.getQuarantine(query),
    };
    const subject = { ...sound, ...broken(store) };
    const outcomes = await runSuite((functions) => {
      marketDataStoreSuite({ ...functions, expect }, { create: async () => ({ subject }) });
    });
    const failed = outcomes.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
    expect(failed.join()).toContain(test);
    expect(failed.length).toBeLessThan(outcomes.length);
  });
});
