import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  clockSuite,
  configurationSuite,
  errorHandlerSuite,
  FakeLifecycle,
  healthSuite,
  lifecycleSuite,
  type MonitoringReading,
  monitoringSuite,
  RecordingMonitoring,
  VirtualClock,
} from '@quantumtrade/core-testing';
import type { Labels } from '@quantumtrade/core-traits';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createConfigurationProvider,
  createErrorHandler,
  createMonitoring,
  createRedactor,
  HealthRegistry,
  LifecycleGroup,
  systemClock,
} from '../src/index.ts';

const directory = await mkdtemp(join(tmpdir(), 'core-defaults-suites-'));

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('systemClock', () => {
  clockSuite({ describe, it, expect }, { create: async () => ({ subject: systemClock }) });
});

const environmentPrefix = 'SUITE_';

describe('createConfigurationProvider, from overrides', () => {
  configurationSuite(
    { describe, it, expect },
    {
      create: async ({ sections, values }) => ({
        subject: createConfigurationProvider({ sections, environmentPrefix, overrides: values }),
      }),
    },
  );
});

describe('createConfigurationProvider, from the environment', () => {
  configurationSuite(
    { describe, it, expect },
    {
      create: async ({ sections, values }) => {
        const environment = Object.fromEntries(
          Object.entries(values).map(([path, value]) => [
            `${environmentPrefix}${path.replaceAll('.', '__').toUpperCase()}`,
            String(value),
          ]),
        );
        return { subject: createConfigurationProvider({ sections, environmentPrefix, environment }) };
      },
    },
  );
});

describe('createConfigurationProvider, from a file', () => {
  configurationSuite(
    { describe, it, expect },
    {
      create: async ({ sections, values }) => {
        const file = join(directory, `${randomUUID()}.toml`);
        const lines = Object.entries(values).map(([path, value]) => `${path} = ${JSON.stringify(value)}\n`);
        await writeFile(file, lines.join(''));
        return { subject: createConfigurationProvider({ sections, environmentPrefix, file }) };
      },
    },
  );
});

describe('createErrorHandler', () => {
  errorHandlerSuite(
    { describe, it, expect },
    {
      create: async (given) => {
        // What the handler reports goes to a recorder too, so that reports can be counted.
        const recorder = new RecordingMonitoring();
        const subject = createErrorHandler({
          clock: new VirtualClock(),
          monitoring: {
            recordMetric: (...call) => given.monitoring.recordMetric(...call),
            recordCounter: (...call) => given.monitoring.recordCounter(...call),
            recordTiming: (...call) => given.monitoring.recordTiming(...call),
            logInfo: (...call) => given.monitoring.logInfo(...call),
            logWarn: (...call) => {
              recorder.logWarn(...call);
              given.monitoring.logWarn(...call);
            },
            logError: (...call) => {
              recorder.logError(...call);
              given.monitoring.logError(...call);
            },
          },
        });
        return { subject, reported: () => recorder.logs().length };
      },
    },
  );
});

describe('createMonitoring', () => {
  monitoringSuite(
    { describe, it, expect },
    {
      create: async ({ instruments, secrets }) => {
        let written = '';
        const stream = new Writable({
          write: (chunk, _encoding, done) => {
            written += chunk;
            done();
          },
        });
        const redact = createRedactor(() => secrets);
        const subject = createMonitoring({ service: 'suite', instruments, stream, redact });
        const read = async (): Promise<MonitoringReading> => {
          await subject.flush();
          return readingOf(await subject.metricsText(), written);
        };
        return { subject, read };
      },
    },
  );
});

describe('HealthRegistry on real time', () => {
  healthSuite(
    { describe, it, expect },
    {
      create: async ({ serviceName, checks }) => ({
        subject: new HealthRegistry({ serviceName, version: '1.0.0', clock: systemClock, checks }),
      }),
    },
  );
});

describe('HealthRegistry on virtual time', () => {
  healthSuite(
    { describe, it, expect },
    {
      create: async ({ serviceName, checks }) => {
        const clock = new VirtualClock();
        return {
          subject: new HealthRegistry({ serviceName, version: '1.0.0', clock, checks }),
          advance: (milliseconds) => clock.advance(milliseconds),
        };
      },
    },
  );
});

describe('LifecycleGroup', () => {
  lifecycleSuite(
    { describe, it, expect },
    {
      create: async () => {
        const component = new FakeLifecycle();
        const subject = new LifecycleGroup({ components: [{ name: 'one', component }], clock: systemClock });
        return { subject, effects: () => component.effects };
      },
    },
  );
});

/** Reads the Prometheus text format and the JSON lines. */
function readingOf(metrics: string, written: string): MonitoringReading {
  const samples = metrics.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return value === undefined ? [] : [{ name, labels, value: Number(value) }];
  });
  const sample = (wanted: string, labels: Labels): number | undefined => {
    const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return samples.find(({ name, labels }) => name === wanted && labels === written.join(','))?.value;
  };
  return {
    counter: (name, labels) => sample(name, labels) ?? 0,
    gauge: (name, labels) => sample(name, labels),
    timings: (name, labels) => ({
      count: sample(`${name}_count`, labels) ?? 0,
      sumMs: (sample(`${name}_sum`, labels) ?? 0) * 1000,
    }),
    logs: written
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ level: JSON.parse(line).level, text: line })),
  };
}
