import { inspect } from 'node:util';
import type { Instrument, Labels, LogContext, MonitoringProvider } from '@quantumtrade/core-traits';
import { misuseOf } from './misuse.ts';
import type { Observation } from './observation.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** One log line. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly context: LogContext;
}

/** Keeps everything that was measured and logged, and answers questions about it. */
export class RecordingMonitoring implements MonitoringProvider {
  readonly #observations: Observation[] = [];
  readonly #logs: LogRecord[] = [];
  readonly #misuse: string[] = [];
  readonly #samples: Set<() => void | Promise<void>> = new Set();

  recordMetric(instrument: Instrument, value: number, labels?: Labels): void {
    this.#observe('gauge', instrument, value, labels);
  }

  recordCounter(instrument: Instrument, value = 1, labels?: Labels): void {
    this.#observe('counter', instrument, value, labels);
  }

  recordTiming(instrument: Instrument, milliseconds: number, labels?: Labels): void {
    this.#observe('timing', instrument, milliseconds, labels);
  }

  recordDistribution(instrument: Instrument, seen: ReadonlyMap<number, number>, labels?: Labels): void {
    for (const [value, times] of seen) {
      for (let time = 0; time < times; time++) this.#observe('distribution', instrument, value, labels);
    }
  }

  onReading(sample: () => void | Promise<void>): () => void {
    this.#samples.add(sample);
    return () => void this.#samples.delete(sample);
  }

  /** Takes the samples that a reading of the metrics takes first. Rejects with what one of them throws. */
  async sample(): Promise<void> {
    for (const sample of [...this.#samples]) await sample();
  }

  logInfo(message: string, context?: LogContext): void {
    this.#log('info', message, context);
  }

  logWarn(message: string, context?: LogContext): void {
    this.#log('warn', message, context);
  }

  logError(message: string, context?: LogContext): void {
    this.#log('error', message, context);
  }

  /** Every observation, in order. */
  get observations(): readonly Observation[] {
    return this.#observations;
  }

  /** The log lines, in order; of one level when given. */
  logs(level?: LogLevel): readonly LogRecord[] {
    return this.#logs.filter((log) => level === undefined || log.level === level);
  }

  /** The sum of a counter over all observations that carry at least these labels; 0 when there are none. */
  counter(name: string, labels?: Labels): number {
    return this.#values('counter', name, labels).reduce((sum, value) => sum + value, 0);
  }

  /** What a gauge was last set to under at least these labels; `undefined` when it never was. */
  gauge(name: string, labels?: Labels): number | undefined {
    return this.#values('gauge', name, labels).at(-1);
  }

  /** The durations observed under at least these labels, in milliseconds, in order. */
  timings(name: string, labels?: Labels): readonly number[] {
    return this.#values('timing', name, labels);
  }

  /** The values of a distribution seen under at least these labels, in order. */
  distribution(name: string, labels?: Labels): readonly number[] {
    return this.#values('distribution', name, labels);
  }

  /**
   * Calls that an implementation may refuse, in words: the wrong method for an instrument's kind, labels or label values
   * that it does not declare, a label left out, a value that is not finite, a counter that goes down.
   */
  misuse(): readonly string[] {
    return this.#misuse;
  }

  /**
   * Everything as one text, for searches that must find nothing (a secret, say). It holds what a logger could write:
   * errors with messages, stacks, fields and causes, nested objects in full, and the JSON forms.
   */
  text(): string {
    return [...this.#observations, ...this.#logs].map(textOf).join('\n');
  }

  /** Forgets everything recorded so far. */
  clear(): void {
    this.#observations.length = 0;
    this.#logs.length = 0;
    this.#misuse.length = 0;
  }

  #log(level: LogLevel, message: string, context: LogContext | undefined): void {
    this.#logs.push({ level, message, context: copyOf(context) });
  }

  #observe(kind: Instrument['kind'], instrument: Instrument, value: number, labels: Labels = {}): void {
    try {
      const observation: Observation = { kind, name: instrument.name, value, labels: { ...labels } };
      this.#misuse.push(...misuseOf(instrument, observation));
      this.#observations.push(observation);
    } catch {
      // What records must not take down what it watches, and no type keeps a caller from giving nonsense.
      this.#misuse.push(`a ${kind} cannot be read: ${inspect({ instrument, labels })}`);
    }
  }

  #values(kind: Instrument['kind'], name: string, labels: Labels = {}): number[] {
    const wanted = Object.entries(labels);
    return this.#observations
      .filter((seen) => seen.kind === kind && seen.name === name)
      .filter((seen) => wanted.every(([label, value]) => seen.labels[label] === value))
      .map(({ value }) => value);
  }
}

/** A context as it is now; one that cannot be copied is kept in words. */
function copyOf(context: LogContext | undefined): LogContext {
  try {
    return { ...context };
  } catch {
    return { unreadable: inspect(context) };
  }
}

const inFull = { depth: Infinity, breakLength: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity };

function textOf(record: object): string {
  const inspected = inspect(record, { ...inFull, getters: true });
  try {
    return `${inspected}\n${JSON.stringify(record)}`;
  } catch {
    // A cycle or a bigint has no JSON form.
    return inspected;
  }
}
