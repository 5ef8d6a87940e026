import type { MarketDataStore } from '@quantumtrade/shared-types';
import { announcementTests } from './market-data-store/announcement-tests.ts';
import { barReadingTests } from './market-data-store/bar-reading-tests.ts';
import { barVersionTests } from './market-data-store/bar-version-tests.ts';
import { collectionRecordTests } from './market-data-store/collection-record-tests.ts';
import { exactValueTests } from './market-data-store/exact-value-tests.ts';
import { historyTests } from './market-data-store/history-tests.ts';
import { quarantineTests } from './market-data-store/quarantine-tests.ts';
import type { SuiteFactory, TestFunctions } from './suite.ts';

/**
 * What every {@link MarketDataStore} must do. Symbols are fresh in each test, so the store need not be empty and the
 * factory may hand out one store again and again.
 */
export function marketDataStoreSuite(functions: TestFunctions, factory: SuiteFactory<MarketDataStore>): void {
  functions.describe('a market-data store', () => {
    barReadingTests(functions, factory);
    barVersionTests(functions, factory);
    announcementTests(functions, factory);
    exactValueTests(functions, factory);
    historyTests(functions, factory);
    quarantineTests(functions, factory);
    collectionRecordTests(functions, factory);
  });
}
