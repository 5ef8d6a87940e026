import type { ComponentHealth, HealthCheck, HealthCheckable, HealthStatus } from '@quantumtrade/core-traits';
import { component } from './health/component.ts';
import { type HealthTesting, healthFailureTests } from './health/failure-tests.ts';
import { pass, type SuiteSubject, settled, type TestFunctions, using } from './suite.ts';

/** What a service is to be made of. */
export interface HealthSuiteGiven {
  readonly serviceName: string;
  /** Its components. They answer, throw or hang as the test needs it. */
  readonly checks: readonly HealthCheck[];
}

/** What {@link healthSuite} needs to test a {@link HealthCheckable}. */
export interface HealthSuiteFactory {
  create(given: HealthSuiteGiven): Promise<SuiteSubject<HealthCheckable>>;
}

/** Real timers may fire this many milliseconds early, measured by another clock. */
const slackMs = 2;

/** What everything that asks components for their health must do. */
export function healthSuite(functions: TestFunctions, factory: HealthSuiteFactory): void {
  const { describe, it, expect } = functions;

  const asking: HealthTesting['asking'] = (checks, body) => () =>
    using(factory.create({ serviceName: 'suite', checks }), ({ subject, advance }) => body(subject, advance));

  describe('health', () => {
    it(
      'says which service it is about, since when it runs and when it was looked at',
      asking([component('a')], async (service) => {
        const status = await settled(service.healthCheck(), 'the health');
        expect([service.serviceName, status.serviceName]).toEqual(['suite', 'suite']);
        expect(typeof status.version).toBe('string');
        expect(isInstant(status.timestamp), `timestamp is ${status.timestamp}`).toBe(true);
        expect(isDuration(status.uptimeSeconds), `uptimeSeconds is ${status.uptimeSeconds}`).toBe(true);
      }),
    );

    it(
      'has one row for each component, with what the component said',
      asking(
        [component('a', 'degraded', { message: 'slow', implementation: 'embedded' }), component('b', 'healthy')],
        async (service) => {
          const { checks } = await settled(service.healthCheck(), 'the health');
          expect(checks.map(({ name, status, message }) => ({ name, status, message }))).toEqual([
            { name: 'a', status: 'degraded', message: 'slow' },
            { name: 'b', status: 'healthy', message: '' },
          ]);
          expect(checks.map(({ implementation }) => implementation)).toEqual(['embedded', undefined]);
        },
      ),
    );

    it('is as well as its worst component; unknown counts as degraded, no component as healthy', async () => {
      const cases: readonly [readonly ComponentHealth['status'][], HealthStatus['status']][] = [
        [[], 'healthy'],
        [['healthy', 'healthy'], 'healthy'],
        [['healthy', 'degraded', 'healthy'], 'degraded'],
        [['unknown', 'healthy'], 'degraded'],
        [['unhealthy', 'degraded', 'healthy'], 'unhealthy'],
        [['healthy', 'unknown', 'unhealthy'], 'unhealthy'],
      ];
      for (const [states, expected] of cases) {
        const checks = states.map((state, index) => component(`c${index}`, state));
        await asking(checks, async (service) => {
          const { status } = await settled(service.healthCheck(), 'the health');
          expect(status, states.join()).toBe(expected);
        })();
      }
    });

    it('measures each component by itself', async () => {
      const slow = Promise.withResolvers<void>();
      const waiting: HealthCheck = {
        ...component('slow'),
        timeoutMs: 10_000,
        check: async () => {
          await slow.promise;
          return { status: 'healthy', message: '' };
        },
      };
      await asking([component('quick'), waiting], async (service, advance) => {
        const asked = service.healthCheck();
        await pass(advance, 20);
        slow.resolve();
        const { checks } = await settled(asked, 'the health');
        const [quickMs = Number.NaN, slowMs = Number.NaN] = checks.map(({ responseTimeMs }) => responseTimeMs);
        expect(isDuration(quickMs) && quickMs < slowMs, `quick took ${quickMs} ms, slow ${slowMs} ms`).toBe(true);
        expect(slowMs >= 20 - slackMs, `a check of 20 ms took ${slowMs} ms`).toBe(true);
        expect(checks.every(({ lastCheck }) => isInstant(lastCheck))).toBe(true);
      })();
    });

    it('asks each component anew every time', async () => {
      let [state, asked]: [ComponentHealth['status'], number] = ['unhealthy', 0];
      const check = (): { status: ComponentHealth['status']; message: string } => {
        asked += 1;
        return { status: state, message: '' };
      };
      await asking([{ ...component('a'), check }], async (service) => {
        expect((await settled(service.healthCheck(), 'the health')).status).toBe('unhealthy');
        expect((await settled(service.readyCheck(), 'readiness')).ready).toBe(false);
        state = 'healthy';
        expect((await settled(service.healthCheck(), 'the health')).status).toBe('healthy');
        expect((await settled(service.readyCheck(), 'readiness')).ready).toBe(true);
        expect(asked).toBe(4);
      })();
    });

    it('asks no component before it is asked itself, so that being alive depends on nothing', async () => {
      let asked = 0;
      const check = (): Promise<never> => {
        asked += 1;
        return new Promise(() => {});
      };
      await asking([{ ...component('a'), check }], async (service, advance) => {
        await pass(advance, 5);
        expect(service.serviceName).toBe('suite');
        expect(asked).toBe(0);
      })();
    });

    healthFailureTests({ ...functions, asking });
  });
}

function isInstant(value: number): boolean {
  return value > Date.UTC(1990, 0) && value < Date.UTC(2200, 0);
}

function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
