/** Labels of one observation. Values come from the closed sets that the instrument declares. */
export type Labels = Readonly<Record<string, string>>;

/** Facts beside a log line. Symbols, URLs and messages belong here, not into labels. */
export type LogContext = Readonly<Record<string, unknown>>;

/** An instrument, declared once and used by name. */
export interface Instrument {
  /** Prometheus name with its unit, without the service's prefix: `data_collection_duration_seconds`. */
  readonly name: string;
  readonly kind: 'gauge' | 'counter' | 'timing' | 'distribution';
  /** What it counts, in one sentence. */
  readonly help: string;
  /** Each label with all the values it may take. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Of a distribution: the upper bounds that values are counted by, ascending and in the unit of its name. */
  readonly buckets?: readonly number[];
}

/** Metrics and logs. No method throws, blocks or waits. */
export interface MonitoringProvider {
  /** Sets a gauge. */
  recordMetric(instrument: Instrument, value: number, labels?: Labels): void;
  /** Adds to a counter; `value` is at least 0 and 1 when left out. */
  recordCounter(instrument: Instrument, value?: number, labels?: Labels): void;
  /** Observes a duration given in milliseconds. */
  recordTiming(instrument: Instrument, milliseconds: number, labels?: Labels): void;
  /**
   * Adds values to a distribution: each one with how often it was seen, so that a million rows are one call. Who measures
   * does without where a provider has no such method.
   */
  recordDistribution?(instrument: Instrument, seen: ReadonlyMap<number, number>, labels?: Labels): void;
  /**
   * Has `sample` called each time before metrics are read, to set gauges that would be stale otherwise. What it throws is
   * logged. The answer ends that; without this method gauges are set when something happens only.
   */
  onReading?(sample: () => void | Promise<void>): () => void;
  logInfo(message: string, context?: LogContext): void;
  logWarn(message: string, context?: LogContext): void;
  logError(message: string, context?: LogContext): void;
}
