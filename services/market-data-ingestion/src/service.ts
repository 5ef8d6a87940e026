import { randomUUID } from 'node:crypto';
import {
  type Clock,
  createToken,
  type ErrorHandler,
  type HealthCheckable,
  type HealthCheckOptions,
  type HealthStatus,
  type Lifecycle,
  type LifecycleOptions,
  type MonitoringProvider,
  type ReadinessStatus,
  ServiceError,
  type Token,
} from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import {
  type CollectionFallback,
  type CollectionQuery,
  type CollectionRecord,
  type CollectionResult,
  type CorporateActionsResult,
  type CoverageRow,
  type DataProcessor,
  type MarketDataCollector,
  requireOffered,
  type StoreOptions,
} from '@quantumtrade/shared-types';
import { ActionCollection, type ActionOptions } from './collection/action-collection.ts';
import { Attempts } from './collection/attempts.ts';
import { BarCollection } from './collection/bar-collection.ts';
import { type CollectionOptions, parseRequest } from './collection/collection-request.ts';
import { CollectionTrace } from './collection/collection-trace.ts';
import { type CoverageGap, gapsOf } from './coverage/coverage-gaps.ts';
import type { CoverageLedger, CoverageQuery } from './coverage/coverage-ledger.ts';
import type { GapWatch } from './coverage/gap-watch.ts';
import { ServiceReadings } from './readings/service-readings.ts';
import { BatchKeeper } from './storage/batch-keeper.ts';
import { CollectionJournal } from './storage/collection-journal.ts';
import { GuardedFallback } from './storage/guarded-fallback.ts';
import type { ReplaySettings } from './storage/replayer.ts';

/** Collects bars from a vendor, scores them, and keeps them. */
export interface MarketDataIngestionService extends HealthCheckable, Lifecycle {
  /** The `source` that collected bars are stored under. */
  readonly source: string;
  /**
   * Collects one series now and stores it. The counts of the result always add up: collected = stored + unchanged +
   * duplicates + quarantined + spooled.
   *
   * @param symbol letters, digits and `. - ^ = : / _`, at most 32; case does not matter.
   * @param interval `1min` to `60min`, `daily`, `weekly` or `monthly`.
   * @throws ServiceError of any kind, with a reason, when nothing could be collected or stored; the reason of
   * `options.signal` when the caller gave up.
   */
  collectSymbolData(symbol: string, interval: string, options?: CollectionOptions): Promise<CollectionResult>;
  /**
   * Collects all dividends or splits that the vendor knows of a symbol now and stores what is new. An answer is stored
   * whole or reported as an error; it is not spooled. Counts add up: collected = stored + unchanged + duplicates +
   * quarantined.
   *
   * @param kind `dividend` or `split`.
   * @throws ServiceError of any kind, with a reason; the reason of `options.signal` when the caller gave up.
   */
  collectCorporateActions(symbol: string, kind: string, options?: ActionOptions): Promise<CorporateActionsResult>;
  /**
   * What should be stored of each session, what is, and what is known of the rest, with the evidence: one row a session,
   * by symbol and oldest first. Derived at each call; asks no vendor.
   *
   * @throws ServiceError of kind `database` when the store fails, and of kind `configuration` for symbols and dates that
   * are none (`invalidSymbol`, `invalidDate`, `outsideCalendar`).
   */
  coverage(query: SeriesCoverageQuery, options?: StoreOptions): Promise<CoverageRow[]>;
  /**
   * What became of each collection, newest first; those that have ended are among them.
   *
   * @throws ServiceError of kind `database` when the store fails.
   */
  collections(query?: CollectionQuery, options?: StoreOptions): Promise<CollectionRecord[]>;
  /** The holes among those sessions, with what would fill them and what that costs in calls. Throws as `coverage` does. */
  gaps(query: SeriesCoverageQuery, options?: StoreOptions): Promise<CoverageGap[]>;
}

/** Which sessions of which series; the service's own source where none is named. */
export type SeriesCoverageQuery = Omit<CoverageQuery, 'source'> & Partial<Pick<CoverageQuery, 'source'>>;

/** Names the service in a container. */
export const MarketDataIngestionServiceToken: Token<MarketDataIngestionService> =
  createToken('MarketDataIngestionService');

export interface IngestionServiceDependencies {
  readonly databaseManager: DatabaseManager;
  readonly errorHandler: ErrorHandler;
  readonly monitoring: MonitoringProvider;
  readonly clock: Clock;
  readonly collector: MarketDataCollector;
  readonly processor: DataProcessor;
  readonly fallback: CollectionFallback;
  readonly health: HealthCheckable;
  /** How long one collection may take, waits included, in milliseconds. */
  readonly deadlineMs: number;
  /** How the spool is replayed once the store is back. */
  readonly replay: ReplaySettings;
  /** Says what is there and what is not. */
  readonly ledger: Pick<CoverageLedger, 'coverage'>;
  /** Says what compact data did not reach back to; nobody does when left out. */
  readonly gapWatch?: Pick<GapWatch, 'before'> | undefined;
}

/** The service over its parts. It opens what it is given, and leaves the databases for their owner to close. */
export class IngestionService implements MarketDataIngestionService {
  readonly serviceName: string;
  readonly #dependencies: IngestionServiceDependencies;
  readonly #keeper: BatchKeeper;
  readonly #journal: CollectionJournal;
  readonly #bars: BarCollection;
  readonly #actions: ActionCollection;
  readonly #readings: ServiceReadings;
  readonly #underWay: Set<Promise<unknown>> = new Set();
  /** The newest start or stop; each one waits for the one before. */
  #transition: { readonly to: 'started' | 'stopped'; readonly done: Promise<void> } = {
    to: 'stopped',
    done: Promise.resolve(),
  };
  #opened = false;
  #running = false;

  constructor(dependencies: IngestionServiceDependencies) {
    this.#dependencies = dependencies;
    this.serviceName = dependencies.health.serviceName;
    const attempts = new Attempts({ ...dependencies, serviceName: this.serviceName });
    this.#journal = new CollectionJournal({ ...dependencies, store: dependencies.databaseManager.clickhouse });
    this.#keeper = new BatchKeeper({ ...dependencies, attempts, journal: this.#journal });
    this.#readings = new ServiceReadings({ ...dependencies, measureSpool: () => this.#keeper.measure() });
    const fallback = new GuardedFallback(dependencies);
    const parts = { ...dependencies, attempts, fallback, keeper: this.#keeper, readings: this.#readings };
    this.#bars = new BarCollection({ ...parts, store: dependencies.databaseManager.clickhouse });
    this.#actions = new ActionCollection(parts);
  }

  get source(): string {
    return this.#dependencies.collector.source;
  }

  /** Connects the databases, brings the schema up to date and prepares the collector. */
  async start(): Promise<void> {
    await this.#moveTo('started', () => this.#start());
  }

  /** Takes no more collections, waits for those under way, and closes the collector. */
  async stop(options: LifecycleOptions = {}): Promise<void> {
    this.#running = false;
    await this.#moveTo('stopped', () => this.#stop(options));
  }

  async #moveTo(to: 'started' | 'stopped', move: () => Promise<void>): Promise<void> {
    if (this.#transition.to !== to) {
      const transition = { to, done: this.#transition.done.catch(() => {}).then(move) };
      this.#transition = transition;
      // A start that failed can be tried again.
      transition.done.catch(() => {
        if (this.#transition === transition) this.#transition = { to: 'stopped', done: Promise.resolve() };
      });
    }
    await this.#transition.done;
  }

  async #start(): Promise<void> {
    const { databaseManager, collector, monitoring } = this.#dependencies;
    await databaseManager.runMigrations();
    await collector.connect?.();
    this.#keeper.start();
    this.#readings.start();
    this.#opened = true;
    this.#running = this.#transition.to === 'started';
    monitoring.logInfo('service started', { source: collector.source });
  }

  async #stop({ signal }: LifecycleOptions): Promise<void> {
    if (!this.#opened) return;
    this.#opened = false;
    this.#readings.stop();
    await settledOrAborted(this.#underWay, signal);
    await settledOrAborted(new Set([this.#keeper.stop()]), signal);
    await settledOrAborted(new Set([this.#journal.close()]), signal);
    await this.#dependencies.collector.close?.();
    this.#dependencies.monitoring.logInfo('service stopped');
  }

  async healthCheck(options?: HealthCheckOptions): Promise<HealthStatus> {
    return await this.#dependencies.health.healthCheck(options);
  }

  async readyCheck(options?: HealthCheckOptions): Promise<ReadinessStatus> {
    if (!this.#running) return { ready: false, reason: 'the service is not started' };
    return await this.#dependencies.health.readyCheck(options);
  }

  async collectSymbolData(
    symbol: string,
    interval: string,
    options: CollectionOptions = {},
  ): Promise<CollectionResult> {
    const request = parseRequest(symbol, interval, options);
    const { capabilities } = this.#dependencies.collector;
    if (capabilities !== undefined) requireOffered(capabilities, this.source, request);
    if (!this.#running) throw notRunning();
    const { clock } = this.#dependencies;
    const identity = { batchId: randomUUID(), acceptedAt: clock.now() };
    const trace = new CollectionTrace({ request, identity, source: this.source, clock });
    const collection = this.#bars.run(request, options, trace);
    // Its caller does not wait for the record; stopping does.
    const ended: Promise<unknown> = collection
      .then(
        (result) => this.#journal.take(trace.ended(result)),
        (error: unknown) => this.#journal.take(trace.failed(error, options.signal?.aborted === true)),
      )
      .finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
    return await collection;
  }

  async collectCorporateActions(
    symbol: string,
    kind: string,
    options: ActionOptions = {},
  ): Promise<CorporateActionsResult> {
    const request = this.#actions.parse(symbol, kind);
    if (!this.#running) throw notRunning();
    const collection = this.#actions.run(request, options);
    // Stopping waits for it.
    const ended: Promise<unknown> = collection.then(
      () => this.#underWay.delete(ended),
      () => this.#underWay.delete(ended),
    );
    this.#underWay.add(ended);
    return await collection;
  }

  async coverage(query: SeriesCoverageQuery, options?: StoreOptions): Promise<CoverageRow[]> {
    // What has just been collected must count.
    await settledOrAborted(new Set([this.#journal.flush()]), options?.signal);
    return await this.#dependencies.ledger.coverage({ source: this.source, ...query }, options);
  }

  async collections(query?: CollectionQuery, options?: StoreOptions): Promise<CollectionRecord[]> {
    await settledOrAborted(new Set([this.#journal.flush()]), options?.signal);
    return await this.#dependencies.databaseManager.clickhouse.getCollections(query, options);
  }

  async gaps(query: SeriesCoverageQuery, options?: StoreOptions): Promise<CoverageGap[]> {
    const { clock, collector } = this.#dependencies;
    const rows = await this.coverage(query, options);
    return gapsOf(rows, { now: clock.now(), capabilities: collector.capabilities });
  }
}

function notRunning(): ServiceError {
  return new ServiceError({
    kind: 'system',
    reason: 'notRunning',
    message: 'the service is not running: call start() first',
  });
}

/** Waits until all have settled, or until the signal says that waiting is over. */
async function settledOrAborted(promises: ReadonlySet<Promise<unknown>>, signal?: AbortSignal): Promise<void> {
  const settled = Promise.allSettled(promises);
  if (signal === undefined) {
    await settled;
    return;
  }
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => aborted.resolve();
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  await Promise.race([settled, aborted.promise]);
  signal.removeEventListener('abort', onAbort);
}
