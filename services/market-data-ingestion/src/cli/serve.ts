import { randomBytes } from 'node:crypto';
import { createRedactor, type DefaultMonitoring, type LayeredConfiguration } from '@quantumtrade/core-defaults';
import { type ConfigurationProvider, ServiceError } from '@quantumtrade/core-traits';
import { collectionSection } from '../configuration/collection-sections.ts';
import { httpSection } from '../configuration/daemon-sections.ts';
import { knownSecrets } from '../configuration/known-secrets.ts';
import { storageSection } from '../configuration/storage-sections.ts';
import { CoverageReadings } from '../coverage/coverage-readings.ts';
import type { BackgroundPart } from '../daemon/background-part.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { createRunFiles } from '../daemon/run-files.ts';
import { CollectionJobs } from '../http/collection-jobs.ts';
import type { HttpSettings } from '../http/dependencies.ts';
import type { ErrorLog } from '../http/error-log.ts';
import { openAccount } from './account.ts';
import type { Application } from './composition.ts';
import { type ConfigSources, problemsOf } from './config.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { jobsPart } from './jobs-part.ts';
import { scheduleOf } from './schedule.ts';

/** `serve`: runs the service with its HTTP interface until a signal. */
export async function serve(
  application: Application,
  sources: ConfigSources,
  errors: ErrorLog,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { configuration, monitoring, databaseManager, clock, daemon } = application;
  if (daemon !== undefined) throw alreadyServed(daemon.pid);
  const service = application.service();
  const account = openAccount(application);
  const collection = configuration.getConfigSection(collectionSection);
  const layered = asLayered(configuration);
  const watch = layered?.watch({ clock, monitoring });
  const metrics = monitoring as Partial<DefaultMonitoring>;
  // What works by itself while the daemon runs; started in this order.
  const jobs = jobsPart(application, service);
  const schedule = scheduleOf(application, service);
  const complete = new CoverageReadings({ service, clock, monitoring });
  const parts: readonly BackgroundPart[] = [jobs, schedule, complete];
  await runDaemon(
    {
      service,
      databaseManager,
      clock,
      monitoring,
      errors,
      section: () => configuration.getConfigSection(httpSection),
      source: () => service.source,
      redact: createRedactor(knownSecrets(configuration)),
      parts,
      schedule,
      jobs: new CollectionJobs({
        service,
        clock,
        concurrency: collection.concurrent_collections,
        prioritySymbols: collection.priority_symbols,
      }),
      board: jobs.board,
      metricsText: metrics.metricsText,
      quota: async () => await account.vendor?.quota.usage(),
      settings: layered && settingsOf(layered, sources),
      files: createRunFiles(configuration.getConfigSection(storageSection).data_directory, process.pid),
      newToken: () => randomBytes(32).toString('base64url'),
      close: async () => {
        watch?.close();
        await account.close();
        await databaseManager.close();
        await metrics.flush?.();
      },
    },
    signal,
  );
  return exitStatus.succeeded;
}

/** A daemon holds the data directory. */
export function alreadyServed(pid: number): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'alreadyServed',
    message: `a daemon runs on this data directory already (process ${pid}): end that one, or set MARKET_DATA_DIR`,
  });
}

/** The configuration as one that can be shown and read again, where it is. */
function asLayered(configuration: ConfigurationProvider): LayeredConfiguration | undefined {
  return 'reload' in configuration && 'describe' in configuration ? (configuration as LayeredConfiguration) : undefined;
}

function settingsOf(layered: LayeredConfiguration, sources: ConfigSources): HttpSettings {
  return {
    get version() {
      return layered.version;
    },
    describe: () => layered.describe(),
    reload: () => layered.reload(),
    problems: () => problemsOf(sources),
  };
}
