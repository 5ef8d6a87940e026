import type { Clock, ComponentHealth, ComponentReport, HealthCheck } from '@quantumtrade/core-traits';

/** Milliseconds for a component that names no time of its own. */
const defaultTimeoutMs = 1_000;

/**
 * Asks one component, until its deadline on the given clock or until the caller gives up. Never rejects: a failure is an
 * `unhealthy` row and silence an `unknown` one.
 */
export async function askComponent(
  component: HealthCheck,
  clock: Clock,
  caller: AbortSignal | undefined,
): Promise<ComponentHealth> {
  const began = clock.monotonic();
  const settled = new AbortController();
  const unwanted = new AbortController();
  const givenUp = caller === undefined ? settled.signal : AbortSignal.any([caller, settled.signal]);
  const silence = clock.sleep(component.timeoutMs ?? defaultTimeoutMs, givenUp).then(
    (): ComponentReport => ({ status: 'unknown', message: 'the deadline passed without an answer' }),
    (): ComponentReport => ({ status: 'unknown', message: 'given up before there was an answer' }),
  );
  const asking = async (): Promise<ComponentReport | undefined> => component.check({ signal: unwanted.signal });
  const answer = asking().then(
    (report): ComponentReport => report ?? { status: 'unhealthy', message: 'the check gave no report' },
    (): ComponentReport => ({ status: 'unhealthy', message: 'the check failed' }),
  );
  const report = await Promise.race([answer, silence]);
  settled.abort();
  if (report.status === 'unknown') unwanted.abort();
  return {
    ...report,
    name: component.name,
    lastCheck: clock.now(),
    responseTimeMs: clock.monotonic() - began,
  };
}
