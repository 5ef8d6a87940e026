import type {
  Clock,
  ConfigurationProvider,
  ErrorHandler,
  EventPublisher,
  MonitoringProvider,
  WorkQueue,
} from '@quantumtrade/core-traits';
import { createEventPublisher, createWorkQueue, RedisInbox } from '@quantumtrade/database-abstraction';
import { collectionSection } from '../configuration/collection-sections.ts';
import { redisSection, storageSection } from '../configuration/storage-sections.ts';
import { jobsSection } from '../configuration/work-sections.ts';
import { CollectorMemory } from '../memory/collector-memory.ts';
import type { MarketDataIngestionService } from '../service.ts';
import { activeSource, type VendorChoice } from '../vendors/registry.ts';
import { memoryOf } from '../vendors/vendor-account.ts';
import type { ItemService } from './item-worker.ts';
import { JobBoard } from './job-board.ts';
import { JobIntake } from './job-intake.ts';
import { JobRunner, type JobRunnerDependencies } from './job-runner.ts';
import { missingByLedger, missingByMemory } from './missing-history.ts';

export interface JobsDependencies extends VendorChoice {
  readonly configProvider: ConfigurationProvider;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  readonly errorHandler: ErrorHandler;
  /**
   * Says what is pending, so that jobs ask for that and for nothing else. Without it, months that were finished once are
   * not asked for again.
   */
  readonly ledger?: Pick<MarketDataIngestionService, 'gaps'> | undefined;
  /** Hears of jobs that begin, go on and end; its owner closes it. @default a stream in Redis, or in process without it */
  readonly events?: EventPublisher | undefined;
}

const dayMs = 86_400_000;

/** The jobs of one vendor and one database. */
export interface Jobs {
  /** The `source` of the bars that they gather. */
  readonly source: string;
  readonly queue: WorkQueue;
  readonly board: JobBoard;
  readonly events: EventPublisher;
  /** Makes a runner over a service that its owner starts before the runner and stops after it. */
  runner(service: ItemService, onOutcome?: JobRunnerDependencies['onOutcome']): JobRunner;
  /** Takes what other services push, where there is a Redis. */
  intake(): Promise<JobIntake | undefined>;
  /** Closes the queue; stop the runners and the intake first. */
  close(): Promise<void>;
}

/**
 * Opens the jobs of the configured vendor: in Redis where there is one, in the data directory otherwise.
 *
 * @throws ServiceError of kind `configuration`.
 */
export async function createJobs(dependencies: JobsDependencies): Promise<Jobs> {
  const { configProvider, clock, monitoring, errorHandler } = dependencies;
  const settings = configProvider.getConfigSection(jobsSection);
  const collection = configProvider.getConfigSection(collectionSection);
  const redis = configProvider.getConfigSection(redisSection);
  const { database, data_directory: dataDirectory } = configProvider.getConfigSection(storageSection);
  const source = activeSource(configProvider, dependencies);
  const queue = await createWorkQueue({
    name: `jobs-${source}-${database}`.replaceAll(/[^A-Za-z0-9]/g, '-'),
    clock,
    dataDirectory,
    redisUrl: redis.url?.reveal(),
  });
  const connection = {
    clock,
    connectTimeoutMs: redis.connect_timeout_seconds * 1000,
    commandTimeoutMs: redis.command_timeout_ms,
  };
  const { key_prefix: prefix = '' } = redis;
  const stream = prefix + settings.event_stream;
  const events = dependencies.events ?? (await createEventPublisher({ ...connection, url: redis.url, stream }));
  const memory = new CollectorMemory(memoryOf(configProvider, monitoring));
  const scope = { source, database, prioritySymbols: collection.priority_symbols };
  const { ledger } = dependencies;
  const missing =
    ledger === undefined ? missingByMemory(memory, scope) : missingByLedger((query) => ledger.gaps(query), source);
  const board = new JobBoard({ queue, missing, clock, scope, monitoring, maxAttempts: settings.max_attempts });
  let inbox: RedisInbox | undefined;
  return {
    source,
    queue,
    board,
    events,
    runner: (service, onOutcome) =>
      new JobRunner({
        ...{ service, queue, memory, errorHandler, clock, monitoring, events, database, onOutcome },
        leaseMs: settings.lease_seconds * 1000,
        workers: settings.workers,
        itemsPerSecond: settings.items_per_second,
        keepMs: settings.keep_days * dayMs,
        keepItems: settings.keep_items,
      }),
    intake: async () => {
      const { url } = redis;
      if (url === undefined) return undefined;
      inbox ??= new RedisInbox({ ...connection, url, list: prefix + settings.pushed_list });
      await inbox.connect();
      return new JobIntake({ inbox, board, source, clock, monitoring });
    },
    close: async () => {
      memory.close();
      await inbox?.close();
      if (dependencies.events === undefined) await events.close();
      await queue.close();
    },
  };
}
