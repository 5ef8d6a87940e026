import { type Clock, Redacted, ServiceError } from '@quantumtrade/core-traits';
import type { FastifyInstance } from 'fastify';
import { createHttpApi } from '../http/create-http-api.ts';
import type { HttpApiDependencies } from '../http/dependencies.ts';
import type { BackgroundPart } from './background-part.ts';
import type { RunFiles } from './run-files.ts';

export interface DaemonDependencies extends Omit<HttpApiDependencies, 'localToken' | 'sections'> {
  readonly files: RunFiles;
  /** A token for whoever may read the data directory. */
  readonly newToken: () => string;
  readonly parts: readonly BackgroundPart[];
  /** Closes what the daemon's owner opened; called last. */
  readonly close: () => Promise<void>;
}

/** What may pass after the drain until everything is closed, in milliseconds. */
const closingMs = 2000;

/**
 * Runs the service with its HTTP interface until the signal aborts, and ends it in order: not ready and no further work
 * at once, background parts and collections drained or cancelled after `http.drain_seconds`, the interface and the
 * stores closed. Resolves when all is closed, and at the latest two seconds after the drain.
 *
 * @throws ServiceError of kind `configuration`, reason `addressInUse` or `addressUnusable`, where it cannot listen; what
 * the start of the service or of a part throws.
 */
export async function runDaemon(dependencies: DaemonDependencies, signal: AbortSignal): Promise<void> {
  const started: Started = { parts: [], app: undefined };
  try {
    await begin(dependencies, started, signal);
    await aborted(signal);
  } catch (error) {
    // What went wrong first is what is to be said.
    await end(dependencies, started).catch((other: unknown) => {
      dependencies.monitoring.logError('closing failed too', { error: String(other) });
    });
    throw error;
  }
  await end(dependencies, started);
}

/** What runs, the newest part first. */
interface Started {
  readonly parts: BackgroundPart[];
  app: FastifyInstance | undefined;
}

async function begin(dependencies: DaemonDependencies, started: Started, signal: AbortSignal): Promise<void> {
  await dependencies.service.start({ signal });
  for (const part of dependencies.parts) {
    if (signal.aborted) return;
    started.parts.unshift(part);
    await part.start({ signal });
  }
  if (!signal.aborted) started.app = await open(dependencies);
}

async function end(dependencies: DaemonDependencies, { parts, app }: Started): Promise<void> {
  const { monitoring, clock, jobs, section } = dependencies;
  if (app !== undefined) monitoring.logInfo('stopping');
  jobs.stopIntake();
  const drained = new Drain(dependencies, parts);
  const drainMs = app === undefined ? 0 : section().drain_seconds * 1000;
  if (!(await inTime(clock, drainMs, drained.done))) drained.giveUp();
  if (!(await inTime(clock, closingMs, closeAll(dependencies, app, drained)))) {
    monitoring.logError('what is still open after the deadline is left behind');
  }
}

/** The end of what works in the background: of the parts, and of the jobs. */
class Drain {
  readonly done: Promise<void>;
  readonly #jobs: DaemonDependencies['jobs'];
  readonly #over: AbortController = new AbortController();

  constructor({ jobs, monitoring }: DaemonDependencies, parts: readonly BackgroundPart[]) {
    this.#jobs = jobs;
    const signal = this.#over.signal;
    const stopParts = async (): Promise<void> => {
      for (const part of parts) {
        try {
          await part.stop({ signal });
        } catch (error) {
          monitoring.logError('a background part did not stop', { part: part.name, error: String(error) });
        }
      }
    };
    this.done = Promise.all([stopParts(), jobs.settled()]).then(() => {});
  }

  giveUp(): void {
    this.#over.abort();
    this.#jobs.cancelAll();
  }
}

async function open(dependencies: DaemonDependencies): Promise<FastifyInstance> {
  const { files, monitoring, section, newToken, parts } = dependencies;
  const localToken = new Redacted(newToken());
  const app = await createHttpApi({ ...dependencies, localToken, sections: parts });
  const { host, port } = section();
  try {
    const address = await app.listen({ host, port });
    await files.write(address, localToken.reveal());
    monitoring.logInfo('listening', { address });
    return app;
  } catch (error) {
    await app.close();
    throw cannotListen(error, host, port);
  }
}

async function closeAll(
  { service, files, close, clock }: DaemonDependencies,
  app: FastifyInstance | undefined,
  drained: Drain,
): Promise<void> {
  // What was cancelled says so to who follows it; what does not react is not waited for any longer.
  await inTime(clock, closingMs / 4, drained.done);
  if (app !== undefined && !(await inTime(clock, closingMs / 4, app.close()))) app.server.closeAllConnections();
  const late = new AbortController();
  const stopped = service.stop({ signal: late.signal });
  if (!(await inTime(clock, closingMs / 4, stopped))) late.abort();
  await stopped;
  await files.remove();
  await close();
}

/** Whether work ends in time. It goes on when it does not; its failure is thrown when it does. */
async function inTime(clock: Clock, milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const finished = new AbortController();
  const timer = clock.sleep(milliseconds, finished.signal).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([work.then(() => true), timer]);
  } finally {
    finished.abort();
  }
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
