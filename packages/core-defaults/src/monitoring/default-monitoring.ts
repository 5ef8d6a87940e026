import {
  type Instrument,
  type Labels,
  type LogContext,
  type MonitoringProvider,
  ServiceError,
} from '@quantumtrade/core-traits';
import winston from 'winston';
import { messageOf } from '../text.ts';
import { LineStream } from './line-stream.ts';
import { jsonLine, type LogRecord, textLine } from './log-line.ts';
import { Metrics } from './metrics.ts';
import { Readings } from './readings.ts';

/** The least severe level that is written; `silent` writes nothing. */
export type LogLevel = 'info' | 'warn' | 'error' | 'silent';

/** How to make a monitoring provider. */
export interface MonitoringOptions {
  /** Named in every log line. */
  readonly service: string;
  /** Every instrument that the service and its parts record. */
  readonly instruments: readonly Instrument[];
  /** @default 'info' */
  readonly level?: LogLevel | undefined;
  /**
   * Where log lines go. It is written to and never ended.
   * @default process.stderr
   */
  readonly stream?: NodeJS.WritableStream | undefined;
  /**
   * Applied to every text that is logged; see `createRedactor`. Nothing is taken out by default, except the values of
   * context fields whose name says that they are secret, such as `apiKey`, `password` or `authorization`: they are
   * `[redacted]` whatever they hold.
   */
  readonly redact?: ((text: string) => string) | undefined;
  /**
   * `json` for machines, `text` for a person at a terminal.
   * @default 'json'
   */
  readonly format?: 'json' | 'text' | undefined;
  /**
   * Series that one instrument may have, which is combinations of its label values. What is more goes into one further
   * series whose labels are all `other`.
   * @default 1000
   */
  readonly maxSeries?: number | undefined;
  /**
   * Whether what Node and the operating system know about the process is part of the metrics: memory, processor time,
   * event-loop delay, garbage collection. A host that measures its process itself leaves it out.
   *
   * @default false
   */
  readonly processMetrics?: boolean | undefined;
  /**
   * How long metrics wait for the samples of `onReading`, in milliseconds. What takes longer keeps its last values.
   *
   * @default 1000
   */
  readonly readingMs?: number | undefined;
  /** Milliseconds since the Unix epoch (UTC); the system's time when left out. */
  readonly now?: (() => number) | undefined;
}

/** A monitoring provider whose metrics can be read and whose logs can be waited for. */
export interface DefaultMonitoring extends MonitoringProvider {
  /** All metrics in the Prometheus text format, after the samples of `onReading`. */
  metricsText(): Promise<string>;
  /** Resolves when the log stream has taken every line so far; call it before the process ends. */
  flush(): Promise<void>;
}

/**
 * Makes monitoring of winston (logs) and prom-client (metrics, in a registry of its own).
 *
 * Label values that an instrument does not declare are counted as `other`, and so is everything beyond the cap on its
 * series; an instrument that was not declared is
 * registered when first recorded. What cannot be recorded is logged once per instrument and dropped.
 *
 * @throws ServiceError `system` with reason `invalidInstrument` when a declared instrument has an unusable name or two
 * of different kinds share one. The provider itself never throws.
 */
export function createMonitoring(options: MonitoringOptions): DefaultMonitoring {
  const { level = 'info', redact = (text: string) => text, readingMs = 1_000, now = Date.now } = options;
  const lines = new LineStream(options.stream ?? process.stderr);
  const logger = createLogger(level, lines);
  const toLine = options.format === 'text' ? textLine : jsonLine;
  const metrics = new Metrics({ maxSeries: options.maxSeries ?? 1_000, ofProcess: options.processMetrics ?? false });
  const complained = new Set<string>();
  declareAll(metrics, options.instruments);

  const log = (logLevel: LogRecord['level'], message: string, context: LogContext | undefined): void => {
    if (!logger.isLevelEnabled(logLevel) || level === 'silent') return;
    try {
      const line = toLine({ level: logLevel, time: now(), service: options.service, message, context }, redact);
      logger.log(logLevel, line);
    } catch {
      // A line that cannot be written is lost; what it is about goes on.
    }
  };

  const guarded = (instrument: Instrument, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const name = String(instrument?.name);
      if (complained.has(name) || complained.size >= 100) return;
      complained.add(name);
      log('warn', 'a metric cannot be recorded', { instrument: name, error: messageOf(error) });
    }
  };

  const record = (instrument: Instrument, value: number, labels: Labels | undefined): void =>
    guarded(instrument, () => metrics.record(instrument, value, labels));

  const readings = new Readings({
    patienceMs: readingMs,
    onFailure: (error) => log('warn', 'some metrics are not up to date', { error }),
  });

  return {
    recordMetric: (instrument, value, labels) => record(instrument, value, labels),
    recordCounter: (instrument, value = 1, labels) => record(instrument, value, labels),
    recordTiming: (instrument, milliseconds, labels) => record(instrument, milliseconds, labels),
    recordDistribution: (instrument, seen, labels) =>
      guarded(instrument, () => metrics.distribute(instrument, seen, labels)),
    onReading: (sample) => readings.add(sample),
    logInfo: (message, context) => log('info', message, context),
    logWarn: (message, context) => log('warn', message, context),
    logError: (message, context) => log('error', message, context),
    metricsText: async () => {
      await readings.take();
      return await metrics.text();
    },
    flush: () => lines.flush(),
  };
}

function createLogger(level: LogLevel, stream: LineStream): winston.Logger {
  const logger = winston.createLogger({
    level: level === 'silent' ? 'error' : level,
    silent: level === 'silent',
    exitOnError: false,
    // Lines arrive finished: winston would merge fields of the context into its own.
    format: winston.format.printf((info) => String(info.message)),
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  });
  logger.on('error', () => undefined);
  return logger;
}

function declareAll(metrics: Metrics, instruments: readonly Instrument[]): void {
  for (const instrument of instruments) {
    try {
      metrics.declare(instrument);
    } catch (error) {
      throw new ServiceError({
        kind: 'system',
        reason: 'invalidInstrument',
        message: `instrument ${instrument.name} cannot be declared: ${messageOf(error)}`,
        cause: error,
      });
    }
  }
}
