import { systemClock } from '@quantumtrade/core-defaults';
import type { Clock, ConfigurationProvider, Leases, MonitoringProvider } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import { calendarOf } from '@quantumtrade/market-calendar';
import { type CollectionSection, collectionSection } from '../configuration/collection-sections.ts';
import { redisSection, storageSection } from '../configuration/storage-sections.ts';
import { type ScheduleSection, scheduleSection } from '../configuration/work-sections.ts';
import type { Jobs } from '../jobs/create-jobs.ts';
import { connectRedisScripts, type RedisScriptsFactory } from '../quota/redis-scripts.ts';
import type { MarketDataIngestionService } from '../service.ts';
import { LocalLeases } from './leases/local-leases.ts';
import { RedisLeases } from './leases/redis-leases.ts';
import { SharedLeases } from './leases/shared-leases.ts';
import { mergeRecordTexts } from './run-record.ts';
import { Schedule } from './schedule.ts';
import type { ScheduledTask } from './task.ts';
import type { ActionsService } from './tasks/action-lists.ts';
import { backfillRun } from './tasks/backfill-task.ts';
import { collectTask } from './tasks/collect-task.ts';
import { maintenanceTask } from './tasks/maintenance-task.ts';

export interface CreateScheduleDependencies {
  readonly configProvider: ConfigurationProvider;
  /** Started by its owner before the schedule, and stopped after it. */
  readonly service: Pick<MarketDataIngestionService, 'collectSymbolData' | 'source'> & Partial<ActionsService>;
  readonly databaseManager: Pick<DatabaseManager, 'maintenance'>;
  readonly monitoring: MonitoringProvider;
  /** @default the system's clock */
  readonly clock?: Clock | undefined;
  /** Opens the jobs that the task `backfill` makes; without it and without `backfill` there is no such task. */
  readonly jobs?: (() => Promise<Pick<Jobs, 'board' | 'close'>>) | undefined;
  /** What the task `backfill` does. @default making jobs of what is missing of `schedule.backfill.intervals` */
  readonly backfill?: ScheduledTask['run'] | undefined;
  /** Tasks of a host's own, beside the configured ones. */
  readonly tasks?: readonly ScheduledTask[] | undefined;
  /** @default in the data directory, and with `redis.url` in that Redis too */
  readonly leases?: Leases | undefined;
  /** @default ioredis */
  readonly connectRedis?: RedisScriptsFactory | undefined;
}

/**
 * Makes the schedule that the section `schedule` describes. With `schedule.enabled = false` its `start` begins nothing,
 * and a run can still be asked for. Nothing is opened before its `start`, `refresh` or `runNow`; its `stop` closes it.
 *
 * @throws ServiceError of kind `configuration`: `invalidSchedule`, `unknownExchange`.
 */
export function createSchedule(dependencies: CreateScheduleDependencies): Schedule {
  const { configProvider, monitoring, clock = systemClock, tasks = [] } = dependencies;
  const section = configProvider.getConfigSection(scheduleSection);
  return new Schedule({
    tasks: [...configuredTasks(dependencies, section, clock), ...tasks],
    calendar: calendarOf(section.exchange),
    leases: dependencies.leases ?? leasesOf(dependencies, clock),
    clock,
    monitoring,
    settings: {
      enabled: section.enabled,
      leaseMs: section.lease_seconds * 1000,
      retryMs: section.retry_seconds * 1000,
      catchUp: section.catch_up,
    },
  });
}

function configuredTasks(
  dependencies: CreateScheduleDependencies,
  section: ScheduleSection,
  clock: Clock,
): readonly ScheduledTask[] {
  const { configProvider, service, databaseManager } = dependencies;
  const collection = configProvider.getConfigSection(collectionSection);
  const { daily, weekly, backfill: night, maintenance } = section;
  const symbols = symbolsOf(section, collection);
  const backfill = dependencies.backfill ?? configuredBackfill(dependencies.jobs, section, { symbols, clock });
  const timing = ({
    cron,
    after_sessions: afterSessions,
  }: Pick<ScheduleSection['daily'], 'cron' | 'after_sessions'>) => ({
    cron,
    afterSessions,
  });
  const collecting = {
    service,
    clock,
    symbols,
    prioritySymbols: collection.priority_symbols,
    concurrency: collection.concurrent_collections,
  };
  return [
    ...(daily.enabled
      ? [collectTask({ name: 'daily', ...timing(daily), ...collecting, intervals: daily.intervals })]
      : []),
    ...(weekly.enabled
      ? [
          collectTask({
            name: 'weekly',
            ...timing(weekly),
            ...collecting,
            intervals: weekly.intervals,
            actions: weekly.actions ? actionsOf(service) : undefined,
          }),
        ]
      : []),
    ...(night.enabled && backfill !== undefined ? [{ name: 'backfill', ...timing(night), run: backfill }] : []),
    ...(maintenance.enabled
      ? [
          maintenanceTask({
            name: 'maintenance',
            ...timing(maintenance),
            maintenance: databaseManager.maintenance,
            clock,
            optimise: maintenance.optimise,
            retention: maintenance.retention,
            cleanUp: maintenance.clean_up,
          }),
        ]
      : []),
  ];
}

/** A host's own service may have none. */
function actionsOf(service: CreateScheduleDependencies['service']): ActionsService | undefined {
  if (service.collectCorporateActions === undefined) return undefined;
  return { collectCorporateActions: service.collectCorporateActions.bind(service) };
}

function configuredBackfill(
  jobs: CreateScheduleDependencies['jobs'],
  { exchange, backfill: { intervals, months } }: ScheduleSection,
  common: { readonly symbols: readonly string[]; readonly clock: Clock },
): ScheduledTask['run'] | undefined {
  if (jobs === undefined || intervals.length === 0) return undefined;
  return backfillRun({ ...common, jobs, intervals, months, timeZone: calendarOf(exchange).timeZone });
}

function symbolsOf({ symbols }: ScheduleSection, collection: CollectionSection): readonly string[] {
  return symbols.length > 0 ? symbols : [...collection.priority_symbols, ...collection.default_symbols];
}

function leasesOf({ configProvider, service, connectRedis }: CreateScheduleDependencies, clock: Clock): Leases {
  const redis = configProvider.getConfigSection(redisSection);
  const { database, data_directory: directory } = configProvider.getConfigSection(storageSection);
  // Another source or database has runs of its own.
  const scope = `${service.source}:${database}`;
  const local = new LocalLeases({ clock, directory, scope });
  if (redis.url === undefined) return local;
  const scripts = (connectRedis ?? connectRedisScripts)(redis.url.reveal(), {
    keyPrefix: redis.key_prefix,
    connectTimeoutMs: redis.connect_timeout_seconds * 1000,
    commandTimeoutMs: redis.command_timeout_ms,
  });
  return new SharedLeases({ local, shared: new RedisLeases({ scripts, scope }), merge: mergeRecordTexts });
}
