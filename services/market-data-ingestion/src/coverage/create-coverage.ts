import type { Clock, ConfigurationProvider } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import type { MarketCalendar } from '@quantumtrade/market-calendar';
import { coverageSection } from '../configuration/collection-sections.ts';
import { CoverageLedger } from './coverage-ledger.ts';
import type { CoverageSettings } from './coverage-settings.ts';
import { exchangeChoices } from './exchange-of.ts';

export interface CoverageDependencies {
  readonly configProvider: ConfigurationProvider;
  readonly databaseManager: Pick<DatabaseManager, 'coverage'>;
  readonly clock: Clock;
  /** The calendar of an exchange. @default what the calendar package knows */
  readonly calendar?: ((exchange: string) => MarketCalendar) | undefined;
}

/** The ledger of a database, by the settings under `coverage`. */
export function createCoverage(dependencies: CoverageDependencies): CoverageLedger {
  const { configProvider, databaseManager, clock, calendar } = dependencies;
  return new CoverageLedger({
    reader: databaseManager.coverage,
    clock,
    settings: coverageSettings(configProvider),
    calendar,
  });
}

const dayMs = 86_400_000;

function coverageSettings(configProvider: ConfigurationProvider): CoverageSettings {
  const section = configProvider.getConfigSection(coverageSection);
  return {
    maxPendingMs: section.max_pending_days * dayMs,
    refusedAfter: section.refused_after,
    settleMs: section.settle_hours * 3_600_000,
    delistedAfterMs: section.delisted_after_days * dayMs,
    extendedHours: section.extended_hours,
    exchanges: exchangeChoices(section.exchanges),
  };
}
