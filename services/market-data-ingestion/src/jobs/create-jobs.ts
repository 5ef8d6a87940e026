import type {
  Clock,
  ConfigurationProvider,
  ErrorHandler,
  EventPublisher,
  MonitoringProvider,
  WorkQueue,
} from '@quantumtrade/core-traits';
import { createWorkQueue } from '@quantumtrade/database-abstraction';
import { collectionSection, jobsSection, redisSection, storageSection } from '../configuration/sections.ts';
import { CollectorMemory } from '../memory/collector-memory.ts';
import type { MarketDataIngestionService } from '../service.ts';
import { activeSource, type VendorChoice } from '../vendors/registry.ts';
import { memoryOf } from '../vendors/vendor-account.ts';
import { JobBoard } from './job-board.ts';
import { JobRunner, type JobRunnerDependencies } from './job-runner.ts';

export interface JobsDependencies extends VendorChoice {
  readonly configProvider: ConfigurationProvider;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  readonly errorHandler: ErrorHandler;
  /** Hears of jobs that begin, go on and end. */
  readonly events?: EventPublisher | undefined;
}

/** The jobs of one vendor and one database. */
export interface Jobs {
  readonly queue: WorkQueue;
  readonly board: JobBoard;
  /** Makes a runner over a service that its owner starts before the runner and stops after it. */
  runner(
    service: Pick<MarketDataIngestionService, 'collectSymbolData'>,
    onOutcome?: JobRunnerDependencies['onOutcome'],
  ): JobRunner;
  /** Closes the queue; stop the runners first. */
  close(): Promise<void>;
}

/**
 * Opens the jobs of the configured vendor: in Redis where there is one, in the data directory otherwise.
 *
 * @throws ServiceError of kind `configuration`.
 */
export async function createJobs(dependencies: JobsDependencies): Promise<Jobs> {
  const { configProvider, clock, monitoring, errorHandler, events } = dependencies;
  const settings = configProvider.getConfigSection(jobsSection);
  const collection = configProvider.getConfigSection(collectionSection);
  const { database, data_directory: dataDirectory } = configProvider.getConfigSection(storageSection);
  const source = activeSource(configProvider, dependencies);
  const queue = await createWorkQueue({
    name: `jobs-${source}-${database}`.replaceAll(/[^A-Za-z0-9]/g, '-'),
    clock,
    dataDirectory,
    redisUrl: configProvider.getConfigSection(redisSection).url?.reveal(),
  });
  const memory = new CollectorMemory(memoryOf(configProvider, monitoring));
  const scope = { source, database, prioritySymbols: collection.priority_symbols };
  return {
    queue,
    board: new JobBoard({ queue, memory, clock, scope, maxAttempts: settings.max_attempts }),
    runner: (service, onOutcome) =>
      new JobRunner({
        ...{ service, queue, memory, errorHandler, clock, monitoring, events, database, onOutcome },
        leaseMs: settings.lease_seconds * 1000,
        workers: settings.workers,
        itemsPerSecond: settings.items_per_second,
      }),
    close: async () => {
      memory.close();
      await queue.close();
    },
  };
}
