/**
 * The whole service, wired by hand: configuration, monitoring, errors and databases are made here and handed to it.
 * Run it with `pnpm start`; with nothing configured it needs no network, no key and no server.
 */
import { createErrorHandler, systemClock } from '@quantumtrade/core-defaults';
import { isServiceError } from '@quantumtrade/core-traits';
import { createDatabaseManager } from '@quantumtrade/database-abstraction';
import {
  clickhouseOptions,
  collectAll,
  collectionSection,
  createService,
  redisSection,
} from '@quantumtrade/market-data-ingestion';
import { configure } from './configure.ts';
import { demonstrateRefusals } from './refusals.ts';
import { print, printBars, printHealth, printOutcomes, showProgress } from './show.ts';

const series = [
  ...['AAPL', 'GOOGL', 'MSFT'].map((symbol) => ({ symbol, interval: '5min' })),
  ...['AAPL', 'GOOGL', 'MSFT'].map((symbol) => ({ symbol, interval: 'daily' })),
];

async function main(): Promise<void> {
  // 1. Everything that the service needs is made by its host.
  const { configProvider, monitoring, setup } = configure();
  const clock = systemClock;
  const errorHandler = createErrorHandler({ monitoring, clock, service: 'complete-integration' });
  const databaseManager = createDatabaseManager({
    clock,
    clickhouse: { ...clickhouseOptions(configProvider), command: 'complete-integration' },
    redis: { url: configProvider.getConfigSection(redisSection).url },
  });
  print(setup);
  try {
    // 2. Migrations can run at every start: what is there already stays.
    for (const { id, name, appliedNow } of await databaseManager.runMigrations()) {
      print(`migration ${id} (${name}): ${appliedNow ? 'applied' : 'already there'}`);
    }

    // 3. The service, and how each of its components is.
    const service = createService({ configProvider, databaseManager, errorHandler, monitoring, clock });
    await service.start();
    try {
      printHealth('At the start', await service.healthCheck());

      // 4. Several series side by side; one failure does not touch the others.
      const progress = showProgress(series.length);
      const outcomes = await collectAll(series, {
        service,
        clock,
        concurrency: configProvider.getConfigSection(collectionSection).concurrent_collections,
        onOutcome: progress.finished,
      });
      progress.stop();
      printOutcomes(outcomes);

      // 5. What cannot be collected is an error with a kind and a reason, never data.
      await demonstrateRefusals(service);

      // 6. What was stored, as other services read it: exact decimals and UTC instants.
      const bars = await databaseManager.clickhouse.getMarketData({
        symbol: 'AAPL',
        interval: '5min',
        source: service.source,
        adjustment: 'raw',
      });
      printBars('AAPL 5min', bars);

      printHealth('At the end', await service.healthCheck());
    } finally {
      await service.stop();
    }
  } finally {
    await databaseManager.close();
  }
  print('\nRead it again with: pnpm market-data query AAPL --interval 5min');
}

try {
  await main();
} catch (error) {
  // Failures are data: one line says what happened and what to do.
  const line = isServiceError(error) ? `${error.kind}: ${error.message}` : String(error);
  process.stderr.write(`error: ${line}\n`);
  process.exitCode = 1;
}
