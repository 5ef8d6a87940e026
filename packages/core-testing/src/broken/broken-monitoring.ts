import type { LogContext, MonitoringProvider } from '@quantumtrade/core-traits';
import { readingOf } from '../monitoring/reading-of.ts';
import { RecordingMonitoring } from '../monitoring/recording-monitoring.ts';
import type { MonitoringSuiteFactory } from '../suites/monitoring-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (sound: RecordingMonitoring) => Partial<MonitoringProvider>;

const asDeclared: NonNullable<MonitoringSuiteFactory['supports']> = { redaction: false };

/** Monitoring providers that break a law of the monitoring suite each. */
export const brokenMonitoring: readonly BrokenImplementation<MonitoringSuiteFactory>[] = [
  broken('copies contexts without care', 'throws at nothing that it is told to record or log', (monitoring) => ({
    logInfo: (message, context) => monitoring.logInfo(message, { ...context }),
  })),
  broken('refuses what is not declared', 'throws at nothing that it is told to record or log', (monitoring) => ({
    recordCounter: (instrument, value, labels) => {
      if (labels !== null && labels !== undefined && !('outcome' in labels)) throw new Error('an undeclared label');
      monitoring.recordCounter(instrument, value, labels);
    },
  })),
  broken('lets its callers wait', 'gives its callers nothing to wait for', (monitoring) => ({
    logWarn: async (message, context) => monitoring.logWarn(message, context),
  })),
  broken(
    'counts what it should add',
    'adds to a counter, 1 when no value is given, for each set of labels by itself',
    (monitoring) => ({ recordCounter: (instrument, _, labels) => monitoring.recordCounter(instrument, 1, labels) }),
  ),
  broken(
    'adds all labels together',
    'adds to a counter, 1 when no value is given, for each set of labels by itself',
    (monitoring) => ({
      recordCounter: (instrument, value) => monitoring.recordCounter(instrument, value, { outcome: 'ok' }),
    }),
  ),
  broken('keeps the highest', 'sets a gauge to the value it was given last, also down and below 0', (monitoring) => {
    let highest = Number.NEGATIVE_INFINITY;
    return {
      recordMetric: (instrument, value) => {
        highest = typeof value === 'number' ? Math.max(highest, value) : highest;
        monitoring.recordMetric(instrument, highest);
      },
    };
  }),
  broken('takes milliseconds for seconds', 'keeps every duration, in milliseconds', (monitoring) => ({
    recordTiming: (instrument, milliseconds, labels) =>
      monitoring.recordTiming(
        instrument,
        typeof milliseconds === 'number' ? milliseconds * 1000 : milliseconds,
        labels,
      ),
  })),
  broken(
    'logs warnings as errors',
    'logs each message once, in order, at its level and with its context',
    (monitoring) => ({
      logWarn: (message, context) => monitoring.logError(message, context),
    }),
  ),
  broken('drops contexts', 'logs each message once, in order, at its level and with its context', (monitoring) => ({
    logInfo: (message) => monitoring.logInfo(message),
  })),
  broken(
    'falls silent at the first trouble',
    'goes on recording and logging after what it could not take',
    (monitoring) => {
      let silent = false;
      return {
        recordCounter: (instrument, value, labels) => {
          silent ||= value !== undefined && !(value >= 0);
          if (!silent) monitoring.recordCounter(instrument, value, labels);
        },
      };
    },
  ),
  broken('unwraps what it logs', 'never shows what is wrapped in Redacted', (monitoring) => ({
    logInfo: (message, context) => {
      const { key } = readable(context);
      monitoring.logInfo(message, { ...readable(context), key: key?.reveal?.() ?? key });
    },
  })),
  broken(
    'claims a redaction that it does not do',
    'takes the secrets that it knows out of messages, contexts and errors',
    () => ({}),
    {},
  ),
  broken('hides what it says it shows', 'shows texts as they are, as it declares', (monitoring) => ({
    logInfo: () => monitoring.logInfo('hidden'),
    logWarn: () => monitoring.logWarn('hidden'),
    logError: () => monitoring.logError('hidden'),
  })),
];

function readable(context: LogContext | undefined): { readonly key?: { reveal?(): unknown } } {
  try {
    return { ...context };
  } catch {
    return {};
  }
}

function broken(
  defect: string,
  law: string,
  by: Break,
  supports: NonNullable<MonitoringSuiteFactory['supports']> = asDeclared,
): BrokenImplementation<MonitoringSuiteFactory> {
  const create: MonitoringSuiteFactory['create'] = async () => {
    const recording = new RecordingMonitoring();
    const sound: MonitoringProvider = {
      recordMetric: (instrument, value, labels) => recording.recordMetric(instrument, value, labels),
      recordCounter: (instrument, value, labels) => recording.recordCounter(instrument, value, labels),
      recordTiming: (instrument, milliseconds, labels) => recording.recordTiming(instrument, milliseconds, labels),
      logInfo: (message, context) => recording.logInfo(message, context),
      logWarn: (message, context) => recording.logWarn(message, context),
      logError: (message, context) => recording.logError(message, context),
    };
    return { subject: { ...sound, ...by(recording) }, read: async () => readingOf(recording) };
  };
  return { defect, law, factory: { supports, create } };
}
