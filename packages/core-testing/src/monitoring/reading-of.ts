import { inspect } from 'node:util';
import type { MonitoringReading } from '../suites/monitoring-suite.ts';
import type { RecordingMonitoring } from './recording-monitoring.ts';

/** What a {@link RecordingMonitoring} has recorded, as the monitoring suite reads it. */
export function readingOf(monitoring: RecordingMonitoring): MonitoringReading {
  return {
    counter: (name, labels) => monitoring.counter(name, labels),
    gauge: (name, labels) => monitoring.gauge(name, labels),
    timings: (name, labels) => {
      const timings = monitoring.timings(name, labels);
      return { count: timings.length, sumMs: timings.reduce((sum, milliseconds) => sum + milliseconds, 0) };
    },
    logs: monitoring.logs().map(({ level, message, context }) => ({
      level,
      text: inspect({ message, context }, { depth: 20 }),
    })),
  };
}
