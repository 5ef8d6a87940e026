import type { Clock, ComponentReport, HealthCheck } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { HealthRegistry, type HealthRegistryDependencies } from './health-registry.ts';

/** A clock that stands still; `advance` ends the sleeps whose time has come. */
function manualClock() {
  let time = 1_000;
  const sleeping = new Set<{ readonly until: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => time,
    monotonic: () => time,
    random: () => 0,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const entry = {
          until: time + milliseconds,
          wake: () => {
            sleeping.delete(entry);
            resolve();
          },
        };
        sleeping.add(entry);
        signal?.addEventListener('abort', () => {
          sleeping.delete(entry);
          reject(signal.reason);
        });
      }),
  };
  const advance = (milliseconds: number): void => {
    time += milliseconds;
    for (const entry of [...sleeping]) if (entry.until <= time) entry.wake();
  };
  return { clock, advance, sleeping };
}

function check(name: string, answer: HealthCheck['check'], more: Partial<HealthCheck> = {}): HealthCheck {
  return { name, critical: false, check: answer, ...more };
}

const healthy = (): ComponentReport => ({ status: 'healthy', message: '' });
const never = (): Promise<ComponentReport> => new Promise(() => undefined);

function registry(clock: Clock, checks: HealthCheck[], more: Partial<HealthRegistryDependencies> = {}): HealthRegistry {
  return new HealthRegistry({ serviceName: 'ingestion', version: '1.2.3', clock, checks, ...more });
}

describe('healthCheck', () => {
  it('reports every component, and the worst one decides', async () => {
    const { clock, advance } = manualClock();
    const health = registry(clock, [
      check('clickhouse', () => ({ status: 'healthy', message: '', implementation: 'embedded' })),
      check('redis', async () => ({ status: 'degraded', message: 'slow' })),
    ]);
    advance(5_000);
    expect(await health.healthCheck()).toEqual({
      serviceName: 'ingestion',
      status: 'degraded',
      timestamp: 6_000,
      uptimeSeconds: 5,
      version: '1.2.3',
      checks: [
        {
          name: 'clickhouse',
          status: 'healthy',
          message: '',
          implementation: 'embedded',
          lastCheck: 6_000,
          responseTimeMs: 0,
        },
        { name: 'redis', status: 'degraded', message: 'slow', lastCheck: 6_000, responseTimeMs: 0 },
      ],
    });
  });

  it('makes a check that throws, rejects or answers nothing one unhealthy component', async () => {
    const { clock, sleeping } = manualClock();
    const health = registry(clock, [
      check('a', () => {
        throw new Error('line one\nline two');
      }),
      check('b', () => Promise.reject(new Error('refused'))),
      check('c', () => undefined as unknown as ComponentReport),
      check('d', healthy),
    ]);
    const { status, checks } = await health.healthCheck();
    expect(status).toBe('unhealthy');
    expect(checks.map(({ status, message }) => [status, message])).toEqual([
      ['unhealthy', 'line one\\nline two'],
      ['unhealthy', 'refused'],
      ['unhealthy', 'the check gave no report'],
      ['healthy', ''],
    ]);
    expect(sleeping.size).toBe(0);
  });

  it('reports a check that runs out of its own time as unknown and tells it to stop', async () => {
    const { clock, advance, sleeping } = manualClock();
    let told: AbortSignal | undefined;
    const health = registry(clock, [
      check('slow', ({ signal }) => {
        told = signal;
        return never();
      }),
      check('hasty', never, { timeoutMs: 10 }),
      check('fine', healthy),
    ]);
    const report = health.healthCheck();
    advance(10);
    await Promise.resolve();
    expect(told?.aborted).toBe(false);
    advance(1_990);
    const { status, checks } = await report;
    expect(status).toBe('degraded');
    expect(checks.map(({ status, message }) => [status, message])).toEqual([
      ['unknown', 'no answer within 2000 ms'],
      ['unknown', 'no answer within 10 ms'],
      ['healthy', ''],
    ]);
    expect(told?.aborted).toBe(true);
    expect(checks[0]?.responseTimeMs).toBe(2_000);
    expect(sleeping.size).toBe(0);
  });

  it('runs the checks at once', async () => {
    const { clock } = manualClock();
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const health = registry(clock, [
      check('first', async () => {
        await gate;
        return healthy();
      }),
      check('second', () => {
        release();
        return healthy();
      }),
    ]);
    expect((await health.healthCheck()).status).toBe('healthy');
  });

  it('ends early when the caller gives up', async () => {
    const { clock, sleeping } = manualClock();
    const caller = new AbortController();
    const health = registry(clock, [check('slow', never)]);
    const report = health.healthCheck({ signal: caller.signal });
    caller.abort();
    expect((await report).checks[0]).toMatchObject({ status: 'unknown', message: expect.stringContaining('ended') });
    expect((await health.healthCheck({ signal: caller.signal })).checks[0]?.status).toBe('unknown');
    expect(sleeping.size).toBe(0);
  });

  it('counts uptime from the start that it is told, and 0 before', async () => {
    const { clock, advance } = manualClock();
    let startedAt: number | undefined;
    const health = registry(clock, [], { startedAt: () => startedAt });
    advance(3_000);
    expect((await health.healthCheck()).uptimeSeconds).toBe(0);
    startedAt = 2_000;
    expect((await health.healthCheck()).uptimeSeconds).toBe(2);
    expect((await registry(clock, [], { startedAt: 9_000 }).healthCheck()).uptimeSeconds).toBe(0);
  });
});

describe('readyCheck', () => {
  const { clock } = manualClock();

  it('is ready while critical components work, even badly', async () => {
    const health = registry(clock, [
      check('clickhouse', () => ({ status: 'degraded', message: 'slow' }), { critical: true }),
      check('redis', () => ({ status: 'unhealthy', message: 'gone' })),
    ]);
    expect(await health.readyCheck()).toEqual({ ready: true });
  });

  it('names the first critical component at fault', async () => {
    const health = registry(clock, [
      check('fine', healthy, { critical: true }),
      check('clickhouse', () => Promise.reject(new Error('refused')), { critical: true }),
      check('alpha_vantage', () => ({ status: 'unknown', message: 'never asked' }), { critical: true }),
    ]);
    expect(await health.readyCheck()).toEqual({ ready: false, reason: 'clickhouse is unhealthy' });
  });

  it('takes a critical component that is unknown for not ready', async () => {
    const health = registry(clock, [
      check('alpha_vantage', () => ({ status: 'unknown', message: 'never asked' }), { critical: true }),
    ]);
    expect(await health.readyCheck()).toEqual({ ready: false, reason: 'alpha_vantage is unknown' });
  });
});
