import {
  type Cache,
  type Clock,
  type ConfigurationProvider,
  type EventPublisher,
  type Leases,
  type Lifecycle,
  ServiceError,
  type WorkQueue,
} from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { FakeCache } from '../cache/fake-cache.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { FakeConfiguration } from '../configuration/fake-configuration.ts';
import { ScriptedErrorHandler } from '../errors/scripted-error-handler.ts';
import { FakeEventPublisher } from '../events/fake-event-publisher.ts';
import { FakeHealthCheckable } from '../health/fake-health-checkable.ts';
import { FakeLeases } from '../lease/fake-leases.ts';
import { FakeLifecycle } from '../lifecycle/fake-lifecycle.ts';
import { readingOf } from '../monitoring/reading-of.ts';
import { RecordingMonitoring } from '../monitoring/recording-monitoring.ts';
import { InMemorySpool } from '../spool/in-memory-spool.ts';
import { type BatchSpoolSuiteFactory, batchSpoolSuite } from '../suites/batch-spool-suite.ts';
import { type CacheSuiteFactory, cacheSuite } from '../suites/cache-suite.ts';
import { clockSuite } from '../suites/clock-suite.ts';
import { type CollectorSuiteFactory, collectorSuite } from '../suites/collector-suite.ts';
import { type ConfigurationSuiteFactory, configurationSuite } from '../suites/configuration-suite.ts';
import { type ErrorHandlerSuiteFactory, errorHandlerSuite } from '../suites/error-handler-suite.ts';
import { eventPublisherSuite } from '../suites/event-publisher-suite.ts';
import { type HealthSuiteFactory, healthSuite } from '../suites/health-suite.ts';
import { leasesSuite } from '../suites/leases-suite.ts';
import { type LifecycleSuiteFactory, lifecycleSuite } from '../suites/lifecycle-suite.ts';
import { type MonitoringSuiteFactory, monitoringSuite } from '../suites/monitoring-suite.ts';
import { runSuite, type SuiteTestOutcome } from '../suites/run-suite.ts';
import type { SuiteFactory, TestFunctions } from '../suites/suite.ts';
import { workQueueSuite } from '../suites/work-queue-suite.ts';
import { FakeWorkQueue } from '../work/fake-work-queue.ts';
import { fakeCollectorFactory } from './broken-collectors.ts';
import {
  type BrokenImplementation,
  brokenCaches,
  brokenClocks,
  brokenCollectors,
  brokenConfigurations,
  brokenErrorHandlers,
  brokenEventPublishers,
  brokenHealth,
  brokenLeases,
  brokenLifecycles,
  brokenMonitoring,
  brokenSpools,
  brokenWorkQueues,
} from './index.ts';

type Suite<Factory> = (functions: TestFunctions, factory: Factory) => void;

/** Runs a suite over the fakes that must pass it, and over the broken implementations that must not. */
function lawsOf<Factory>(
  name: string,
  suite: Suite<Factory>,
  sound: Readonly<Record<string, Factory>>,
  broken: readonly BrokenImplementation<Factory>[],
): void {
  const outcomesOf = (factory: Factory): Promise<readonly SuiteTestOutcome[]> =>
    runSuite((functions) => suite({ ...functions, expect }, factory));
  const lawOf = (outcome: SuiteTestOutcome): string => outcome.name.split(' › ').slice(1).join(' › ');

  describe(name, () => {
    for (const [about, factory] of Object.entries(sound)) {
      describe(about, () => suite({ describe, it, expect }, factory));
    }

    it.concurrent.each(broken)('finds one that $defect', async ({ law, factory }) => {
      const outcomes = await outcomesOf(factory);
      expect(outcomes.map(lawOf)).toContain(law);
      expect(outcomes.filter(({ failure }) => failure !== undefined).map(lawOf)).toContain(law);
    });

    it('has a broken implementation for every law', async () => {
      const outcomes = await Promise.all(Object.values(sound).map(outcomesOf));
      const laws = new Set(outcomes.flat().map(lawOf));
      expect([...laws].filter((law) => !broken.some((implementation) => implementation.law === law))).toEqual([]);
    });
  });
}

const notSupported = (message: string): ServiceError =>
  new ServiceError({ kind: 'system', reason: 'notSupported', message });

const createCache = async (): Promise<{ subject: FakeCache; advance: (milliseconds: number) => Promise<void> }> => {
  const clock = new VirtualClock();
  return { subject: new FakeCache({ clock }), advance: (milliseconds) => clock.advance(milliseconds) };
};

lawsOf<CacheSuiteFactory>(
  'cacheSuite',
  cacheSuite,
  {
    'over FakeCache': { create: createCache },
    'over a cache without expiry': {
      supports: { expiry: false },
      create: async () => {
        const { subject: cache } = await createCache();
        const subject: Cache = {
          cacheGet: (key) => cache.cacheGet(key),
          cacheSet: async (key, value, ttlSeconds) => {
            if (ttlSeconds !== undefined) throw notSupported('this cache has no expiry: set values without a time');
            await cache.cacheSet(key, value);
          },
          cacheDelete: (key) => cache.cacheDelete(key),
        };
        return { subject };
      },
    },
  },
  brokenCaches,
);

lawsOf<SuiteFactory<Clock>>(
  'clockSuite',
  clockSuite,
  {
    'over VirtualClock': {
      create: async () => {
        const clock = new VirtualClock();
        return { subject: clock, advance: (milliseconds) => clock.advance(milliseconds) };
      },
    },
  },
  brokenClocks,
);

lawsOf<CollectorSuiteFactory>(
  'collectorSuite',
  collectorSuite,
  { 'over FakeCollector': fakeCollectorFactory },
  brokenCollectors,
);

lawsOf<ConfigurationSuiteFactory>(
  'configurationSuite',
  configurationSuite,
  {
    'over FakeConfiguration': {
      create: async ({ sections, values }) => ({ subject: new FakeConfiguration(values, { sections }) }),
    },
    'over a configuration without secrets': {
      supports: { secrets: false },
      create: async ({ sections, values }) => {
        const fake = new FakeConfiguration(values, { sections });
        const subject: ConfigurationProvider = {
          getString: (path) => fake.getString(path),
          getInteger: (path) => fake.getInteger(path),
          getBoolean: (path) => fake.getBoolean(path),
          getSecret: () => {
            throw notSupported('this configuration holds no secrets: read them from the secret manager');
          },
          getConfigSection: (section) => fake.getConfigSection(section),
        };
        return { subject };
      },
    },
  },
  brokenConfigurations,
);

lawsOf<ErrorHandlerSuiteFactory>(
  'errorHandlerSuite',
  errorHandlerSuite,
  {
    'over a ScriptedErrorHandler without a script': {
      create: async () => {
        const subject = new ScriptedErrorHandler();
        return { subject, reported: () => subject.reported.length };
      },
    },
    'over a ScriptedErrorHandler that retries': {
      create: async () => {
        const subject = new ScriptedErrorHandler({
          decide: ({ retryable, retryAfterMs = 10 }) => {
            if (!retryable) return { action: 'fail' };
            return {
              action: 'retry',
              delayMs: retryAfterMs >= 0 && retryAfterMs < 1e12 ? retryAfterMs : 10,
              maxAttempts: 3,
            };
          },
        });
        return { subject, reported: () => subject.reported.length };
      },
    },
  },
  brokenErrorHandlers,
);

lawsOf<HealthSuiteFactory>(
  'healthSuite',
  healthSuite,
  {
    'over FakeHealthCheckable': {
      create: async ({ serviceName, checks }) => {
        const clock = new VirtualClock();
        const subject = new FakeHealthCheckable({ serviceName, clock, components: checks });
        return { subject, advance: (milliseconds) => clock.advance(milliseconds) };
      },
    },
  },
  brokenHealth,
);

lawsOf<LifecycleSuiteFactory>(
  'lifecycleSuite',
  lifecycleSuite,
  {
    'over FakeLifecycle': {
      create: async () => {
        const subject = new FakeLifecycle();
        return { subject, effects: () => subject.effects };
      },
    },
    'over a lifecycle that works once': {
      supports: { restart: false },
      create: async () => {
        const fake = new FakeLifecycle();
        const subject: Lifecycle = {
          start: async (options) => {
            if (fake.effects.includes('stop')) throw notSupported('this component starts once: make another one');
            await fake.start(options);
          },
          stop: (options) => fake.stop(options),
        };
        return { subject, effects: () => fake.effects };
      },
    },
  },
  brokenLifecycles,
);

lawsOf<MonitoringSuiteFactory>(
  'monitoringSuite',
  monitoringSuite,
  {
    'over RecordingMonitoring': {
      supports: { redaction: false },
      create: async () => {
        const subject = new RecordingMonitoring();
        return { subject, read: async () => readingOf(subject) };
      },
    },
    'over monitoring that cannot be read': {
      supports: { reading: false },
      create: async () => ({ subject: new RecordingMonitoring() }),
    },
    'over monitoring that redacts': {
      create: async ({ secrets }) => {
        const subject = new RecordingMonitoring();
        const read = async (): Promise<ReturnType<typeof readingOf>> => {
          const reading = readingOf(subject);
          const clean = (text: string): string =>
            secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text);
          return { ...reading, logs: reading.logs.map(({ level, text }) => ({ level, text: clean(text) })) };
        };
        return { subject, read };
      },
    },
  },
  brokenMonitoring,
);

lawsOf<SuiteFactory<WorkQueue>>(
  'workQueueSuite',
  workQueueSuite,
  {
    'over FakeWorkQueue': {
      create: async () => {
        const clock = new VirtualClock({ start: Date.now() });
        return { subject: new FakeWorkQueue({ clock }), advance: (milliseconds) => clock.advance(milliseconds) };
      },
    },
  },
  brokenWorkQueues,
);

lawsOf<SuiteFactory<Leases>>(
  'leasesSuite',
  leasesSuite,
  {
    'over FakeLeases': {
      create: async () => {
        const clock = new VirtualClock();
        return { subject: new FakeLeases({ clock }), advance: (milliseconds) => clock.advance(milliseconds) };
      },
    },
  },
  brokenLeases,
);

lawsOf<SuiteFactory<EventPublisher>>(
  'eventPublisherSuite',
  eventPublisherSuite,
  { 'over FakeEventPublisher': { create: async () => ({ subject: new FakeEventPublisher() }) } },
  brokenEventPublishers,
);

lawsOf<BatchSpoolSuiteFactory>(
  'batchSpoolSuite',
  batchSpoolSuite,
  {
    'over InMemorySpool': {
      create: async ({ maxBytes }) => {
        const subject = new InMemorySpool({ maxBytes });
        return {
          subject,
          reopen: async () => {
            await subject.close();
            await subject.open();
            return subject;
          },
          damage: async (id) => subject.damage(id),
        };
      },
    },
  },
  brokenSpools,
);
