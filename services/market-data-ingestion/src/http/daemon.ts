import { type Clock, Redacted, ServiceError } from '@quantumtrade/core-traits';
import type { FastifyInstance } from 'fastify';
import type { HttpSection } from '../configuration/sections.ts';
import { createHttpApi } from './create-http-api.ts';
import type { HttpApiDependencies } from './dependencies.ts';
import type { RunFiles } from './run-files.ts';

export interface DaemonDependencies extends Omit<HttpApiDependencies, 'section'> {
  readonly section: () => HttpSection;
  readonly files: RunFiles;
  /** A token for whoever may read the data directory, where the settings name none. */
  readonly newToken: () => string;
  /** Closes what the daemon's owner opened; called last. */
  readonly close: () => Promise<void>;
}

/** What is left of the deadline once collections were drained, for everything else that ends, in milliseconds. */
const closingMs = 2000;

/**
 * Runs the service with its HTTP interface until the signal aborts, and ends it in order: not ready and no further work
 * at once, collections drained or cancelled after `http.drain_seconds`, the interface and the stores closed. Resolves
 * when all is closed, and at the latest two seconds after the drain.
 *
 * @throws ServiceError of kind `configuration`, reason `addressInUse` or `addressUnusable`, where it cannot listen; what
 * the service's start throws.
 */
export async function runDaemon(dependencies: DaemonDependencies, signal: AbortSignal): Promise<void> {
  const { service, monitoring, clock, jobs } = dependencies;
  let app: FastifyInstance | undefined;
  try {
    await service.start({ signal });
    if (!signal.aborted) {
      app = await open(dependencies);
      await aborted(signal);
      monitoring.logInfo('stopping');
    }
  } finally {
    const { drain_seconds: drainSeconds } = dependencies.section();
    jobs.stopIntake();
    await jobs.drain(app === undefined ? 0 : drainSeconds * 1000);
    const inTime = await within(clock, closingMs, (late) => closeAll(dependencies, app, late));
    if (!inTime) monitoring.logError('what is still open after the deadline is left behind');
  }
}

async function open(dependencies: DaemonDependencies): Promise<FastifyInstance> {
  const { files, monitoring, section, newToken } = dependencies;
  const own = section().token === undefined ? new Redacted(newToken()) : undefined;
  const app = await createHttpApi({
    ...dependencies,
    section: () => {
      const current = section();
      return current.token === undefined ? { ...current, token: own } : current;
    },
  });
  const { host, port } = section();
  try {
    if (own !== undefined) await files.writeToken(own.reveal());
    const address = await app.listen({ host, port });
    await files.writePid(address);
    monitoring.logInfo('listening', { address });
    return app;
  } catch (error) {
    await app.close();
    throw cannotListen(error, host, port);
  }
}

async function closeAll(
  { service, files, close }: DaemonDependencies,
  app: FastifyInstance | undefined,
  late: AbortSignal,
): Promise<void> {
  await app?.close();
  await service.stop({ signal: late });
  await files.remove();
  await close();
}

/** Whether work ends in time; its signal aborts shortly before the time is over. */
async function within(
  clock: Clock,
  milliseconds: number,
  work: (late: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const late = new AbortController();
  const finished = new AbortController();
  const timer = async (): Promise<boolean> => {
    await clock.sleep(milliseconds / 2, finished.signal);
    late.abort();
    await clock.sleep(milliseconds / 2, finished.signal);
    return false;
  };
  const outcome = await Promise.race([work(late.signal).then(() => true), timer()]);
  finished.abort();
  return outcome;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function cannotListen(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ServiceError({
      kind: 'configuration',
      reason: 'addressInUse',
      message: `port ${port} of ${host} is in use: end the other program, or set http.port`,
      cause: error,
    });
  }
  if (code !== 'EADDRNOTAVAIL' && code !== 'EACCES' && code !== 'ENOTFOUND') return error;
  return new ServiceError({
    kind: 'configuration',
    reason: 'addressUnusable',
    message: `port ${port} of ${host} cannot be listened to (${code}): correct http.host and http.port`,
    cause: error,
  });
}
