import { createToken, type Token } from '@quantumtrade/core-traits';
import type { CollectionFallback } from './contracts/collection-fallback.ts';
import type { DataProcessor } from './contracts/data-processor.ts';
import type { MarketDataCollector } from './contracts/market-data-collector.ts';
import type { MarketDataStore } from './contracts/market-data-store.ts';

/** The tokens of the market-data contracts. */
export const marketDataTokens: {
  readonly CollectionFallback: Token<CollectionFallback>;
  readonly DataProcessor: Token<DataProcessor>;
  readonly MarketDataCollector: Token<MarketDataCollector>;
  readonly MarketDataStore: Token<MarketDataStore>;
} = {
  CollectionFallback: createToken('CollectionFallback'),
  DataProcessor: createToken('DataProcessor'),
  MarketDataCollector: createToken('MarketDataCollector'),
  MarketDataStore: createToken('MarketDataStore'),
};
