import type { ComponentReport, HealthCheck, HealthCheckable } from '@quantumtrade/core-traits';
import { pass, type SuiteSubject, settled, type TestFunctions } from '../suite.ts';
import { component } from './component.ts';

/** The test functions, and how a service of these components is asked. */
export interface HealthTesting extends TestFunctions {
  readonly asking: (
    checks: readonly HealthCheck[],
    body: (service: HealthCheckable, advance: SuiteSubject<unknown>['advance']) => Promise<void>,
  ) => () => Promise<void>;
}

/** Components that throw, hang or answer nothing, and what the service makes of them. */
export function healthFailureTests({ it, expect, asking }: HealthTesting): void {
  const failing: readonly (() => Promise<ComponentReport> | ComponentReport)[] = [
    () => {
      throw new Error('thrown');
    },
    () => Promise.reject(new Error('rejected')),
    () => Promise.reject(undefined),
    () => Promise.reject(Object.create(null)),
    () => undefined as unknown as ComponentReport,
  ];

  it(
    'turns each check that throws or gives no report into one bad row, and answers all the same',
    asking(
      [component('sound'), ...failing.map((check, index) => ({ ...component(`bad${index}`), check }))],
      async (service) => {
        const { status, checks } = await settled(service.healthCheck(), 'the health of failing components');
        expect(checks.map(({ name }) => name)).toEqual(['sound', ...failing.map((_, index) => `bad${index}`)]);
        expect(checks[0]?.status).toBe('healthy');
        for (const row of checks.slice(1)) {
          expect(row.status === 'unhealthy' || row.status === 'unknown', `${row.name} is ${row.status}`).toBe(true);
          expect(row.message !== '', `${row.name} does not say what is wrong`).toBe(true);
        }
        expect(status === 'healthy', 'the whole is healthy').toBe(false);
      },
    ),
  );

  it(
    'turns each check that hangs into one unknown row, once its own deadline is over',
    asking([component('sound'), hanging('short', 10), hanging('long', 30)], async (service, advance) => {
      let answered = false;
      const asked = service.healthCheck().then((health) => {
        answered = true;
        return health;
      });
      await pass(advance, 20);
      expect(answered, 'it answered before the deadline of its last check').toBe(false);
      await pass(advance, 20);
      const { checks } = await settled(asked, 'the health of components that hang');
      expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
        'sound healthy',
        'short unknown',
        'long unknown',
      ]);
      const [, short, long] = checks.map(({ responseTimeMs }) => responseTimeMs);
      expect((short ?? Number.NaN) < (long ?? 0), `deadlines of 10 and 30 ms took ${short} and ${long} ms`).toBe(true);
    }),
  );

  it('tells a check through its signal that nobody waits for it any more', async () => {
    const heard: string[] = [];
    const listening = (name: string): HealthCheck => ({
      ...hanging(name, 10),
      check: ({ signal }) => {
        signal.addEventListener('abort', () => heard.push(name));
        return new Promise(() => {});
      },
    });
    await asking([listening('a'), component('b')], async (service, advance) => {
      const asked = service.healthCheck();
      await Promise.resolve();
      expect(heard).toEqual([]);
      await pass(advance, 15);
      await settled(asked, 'the health of a component that hangs');
      expect(heard).toEqual(['a']);
    })();
  });

  it(
    'ends its checks when its caller gives up, and reports as unknown what has not answered',
    asking([component('sound'), hanging('stuck', 10_000)], async (service) => {
      const caller = new AbortController();
      const asked = service.healthCheck({ signal: caller.signal });
      const ready = service.readyCheck({ signal: caller.signal });
      // Sound components answer first, whatever the number of promises between them and the service.
      await new Promise((resolve) => setImmediate(resolve));
      caller.abort();
      const { checks } = await settled(asked, 'the health that its caller gave up');
      expect(checks.map(({ status }) => status)).toEqual(['healthy', 'unknown']);
      expect((await settled(ready, 'the readiness that its caller gave up')).ready).toBe(false);
    }),
  );

  it('is ready while its critical components work, whatever the others do', async () => {
    const others = [component('optional', 'unhealthy', { critical: false }), hanging('hung', 5, false)];
    await asking([component('vital', 'degraded'), ...others], async (service, advance) => {
      const asked = service.readyCheck();
      await pass(advance, 10);
      expect(await settled(asked, 'readiness')).toEqual({ ready: true });
    })();
  });

  it('is not ready without a critical component, and names it', async () => {
    const broken: HealthCheck[] = [
      component('vital_store', 'unhealthy'),
      component('vital_store', 'unknown'),
      ...failing.map((check) => ({ ...component('vital_store'), check })),
      hanging('vital_store', 5),
    ];
    for (const check of broken) {
      await asking([component('sound'), check], async (service, advance) => {
        const asked = service.readyCheck();
        await pass(advance, 10);
        const readiness = await settled(asked, 'readiness');
        const reason = readiness.ready ? 'ready' : readiness.reason;
        expect(reason.includes('vital_store'), `says "${reason}"`).toBe(true);
      })();
    }
  });
}

/** A component that never answers. */
function hanging(name: string, timeoutMs: number, critical = true): HealthCheck {
  return { name, critical, timeoutMs, check: () => new Promise(() => {}) };
}
