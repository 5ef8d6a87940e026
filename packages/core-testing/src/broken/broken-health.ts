import type { ComponentHealth, HealthCheck, HealthCheckable, HealthStatus } from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { FakeHealthCheckable } from '../health/fake-health-checkable.ts';
import type { HealthSuiteFactory } from '../suites/health-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

interface Sound {
  readonly service: HealthCheckable;
  readonly checks: readonly HealthCheck[];
  /** Another sound service, of other components. */
  of(checks: readonly HealthCheck[]): HealthCheckable;
}

type Break = (sound: Sound) => Partial<HealthCheckable>;

const oneBadRow = 'turns each check that throws or gives no report into one bad row, and answers all the same';
const oneUnknownRow = 'turns each check that hangs into one unknown row, once its own deadline is over';

/** Services that break a law of the health suite each. */
export const brokenHealth: readonly BrokenImplementation<HealthSuiteFactory>[] = [
  broken(
    'counts seconds since 1970',
    'says which service it is about, since when it runs and when it was looked at',
    changing((status) => ({ ...status, timestamp: status.timestamp / 1000 })),
  ),
  broken(
    'runs since before it began',
    'says which service it is about, since when it runs and when it was looked at',
    changing((status) => ({ ...status, uptimeSeconds: -1 })),
  ),
  broken(
    'shows only what is wrong',
    'has one row for each component, with what the component said',
    changing((status) => ({ ...status, checks: status.checks.filter((row) => row.status !== 'healthy') })),
  ),
  broken(
    'is healthy unless everything is not',
    'is as well as its worst component; unknown counts as degraded, no component as healthy',
    changing((status) => {
      const well = status.checks.length === 0 || status.checks.some((row) => row.status === 'healthy');
      return { ...status, status: well ? 'healthy' : status.status };
    }),
  ),
  broken('measures all components as one', 'measures each component by itself', changing(withEqualTimes)),
  broken(
    'measures nothing',
    'measures each component by itself',
    changing((status) => eachRow(status, () => 0)),
  ),
  broken('remembers its first answer', 'asks each component anew every time', ({ service }) => {
    let first: Promise<HealthStatus> | undefined;
    return {
      healthCheck: (options) => {
        first ??= service.healthCheck(options);
        return first;
      },
    };
  }),
  broken(
    'asks everything as it is made',
    'asks no component before it is asked itself, so that being alive depends on nothing',
    ({ checks }) => {
      for (const check of checks)
        Promise.resolve()
          .then(() => check.check({ signal: new AbortController().signal }))
          .catch(() => {});
      return {};
    },
  ),
  broken('fails with its components', oneBadRow, ({ service, checks }) => ({
    healthCheck: async (options) => {
      const { signal = new AbortController().signal } = options ?? {};
      await Promise.race([Promise.all(checks.map((check) => check.check({ signal }))), service.healthCheck(options)]);
      return service.healthCheck(options);
    },
  })),
  broken('waits for ever', oneUnknownRow, ({ checks, of }) =>
    of(checks.map((check) => ({ ...check, timeoutMs: 1e12 }))),
  ),
  broken('gives every check the same time', oneUnknownRow, ({ checks, of }) =>
    of(checks.map((check) => ({ ...check, timeoutMs: 10 }))),
  ),
  broken(
    'never tells a check that it has given up',
    'tells a check through its signal that nobody waits for it any more',
    ({ checks, of }) =>
      of(checks.map((check) => ({ ...check, check: () => check.check({ signal: new AbortController().signal }) }))),
  ),
  broken(
    'does not listen to its caller',
    'ends its checks when its caller gives up, and reports as unknown what has not answered',
    ({ service }) => ({ healthCheck: () => service.healthCheck(), readyCheck: () => service.readyCheck() }),
  ),
  broken(
    'takes every component for critical',
    'is ready while its critical components work, whatever the others do',
    ({ checks, of }) => of(checks.map((check) => ({ ...check, critical: true }))),
  ),
  broken('is always ready', 'is not ready without a critical component, and names it', () => ({
    readyCheck: async () => ({ ready: true }),
  })),
  broken('does not say why', 'is not ready without a critical component, and names it', ({ service }) => ({
    readyCheck: async (options) => {
      const readiness = await service.readyCheck(options);
      return readiness.ready ? readiness : { ready: false, reason: 'something is wrong' };
    },
  })),
];

/** A service whose reports are changed. */
function changing(change: (status: HealthStatus) => HealthStatus): Break {
  return ({ service }) => ({ healthCheck: async (options) => change(await service.healthCheck(options)) });
}

function eachRow(status: HealthStatus, responseTimeMs: (row: ComponentHealth) => number): HealthStatus {
  return { ...status, checks: status.checks.map((row) => ({ ...row, responseTimeMs: responseTimeMs(row) })) };
}

function withEqualTimes(status: HealthStatus): HealthStatus {
  const longest = Math.max(...status.checks.map((row) => row.responseTimeMs));
  return eachRow(status, () => longest);
}

function broken(defect: string, law: string, by: Break): BrokenImplementation<HealthSuiteFactory> {
  const create: HealthSuiteFactory['create'] = async ({ serviceName, checks }) => {
    const clock = new VirtualClock();
    const of = (components: readonly HealthCheck[]): HealthCheckable => {
      const service = new FakeHealthCheckable({ serviceName, clock, components });
      return {
        serviceName,
        healthCheck: (options) => service.healthCheck(options),
        readyCheck: (options) => service.readyCheck(options),
      };
    };
    const service = of(checks);
    const subject: HealthCheckable = { ...service, ...by({ service, checks, of }) };
    return { subject, advance: (milliseconds) => clock.advance(milliseconds) };
  };
  return { defect, law, factory: { create } };
}
