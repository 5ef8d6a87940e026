import type { ConfigurationProblem, DescribedSetting, ReloadOutcome } from '@quantumtrade/core-defaults';
import type { Clock, MonitoringProvider, Redacted } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import type { HttpSection } from '../configuration/daemon-sections.ts';
import type { JobBoard } from '../jobs/job-board.ts';
import type { QuotaUsage } from '../quota/quota.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { MarketDataIngestionService } from '../service.ts';
import type { CollectionJobs } from './collection-jobs.ts';
import type { ErrorLog } from './error-log.ts';

/** The settings as the interface shows and reloads them; a `LayeredConfiguration` has all but the last. */
export interface HttpSettings {
  readonly version: number;
  describe(): readonly DescribedSetting[];
  reload(): ReloadOutcome;
  /** Reads every source again and says what is wrong; changes nothing. */
  problems(): readonly ConfigurationProblem[];
}

/** A part of the process that says in `GET /health` how it is. */
export interface HealthSection {
  readonly name: string;
  /** JSON without secrets, from memory. */
  health?(): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
}

/** What the HTTP interface is made from. The routes of what is left out are not there. */
export interface HttpApiDependencies {
  /** Started and stopped by its owner. */
  readonly service: MarketDataIngestionService;
  readonly databaseManager: Pick<DatabaseManager, 'clickhouse' | 'corporateActions' | 'coverage'>;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** The section `http` as it is now: tokens and names may change while it runs, limits are read once. */
  readonly section: () => HttpSection;
  /** Allows everything, as `http.token` does; for whoever may read the data directory. */
  readonly localToken?: Redacted<string> | undefined;
  /** Parts that `GET /health` shows too, each under its name. */
  readonly sections?: readonly HealthSection[] | undefined;
  /** The source that bars are read from where a request names none. */
  readonly source: () => string;
  /** The jobs of collections; the owner drains them before closing. */
  readonly jobs: CollectionJobs;
  /** The jobs that gather history; their maker gives none before they are open and after they are closed. */
  readonly board?: (() => JobBoard | undefined) | undefined;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** The service's own metrics in the Prometheus text format. */
  readonly metricsText?: (() => Promise<string>) | undefined;
  /** `undefined` where there are no limits. */
  readonly quota?: (() => Promise<QuotaUsage | undefined>) | undefined;
  readonly errors?: Pick<ErrorLog, 'newest'> | undefined;
  readonly settings?: HttpSettings | undefined;
  /** What runs by itself; started and stopped by its owner. */
  readonly schedule?: Pick<Schedule, 'health' | 'begin'> | undefined;
}
