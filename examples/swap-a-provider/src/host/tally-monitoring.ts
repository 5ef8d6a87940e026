import type { Instrument, Labels, LogContext, MonitoringProvider } from '@quantumtrade/core-traits';

/** A provider of the host's own: it keeps sums and last values by name and labels, and warnings as text. */
export class TallyMonitoring implements MonitoringProvider {
  readonly #sums: Map<string, number> = new Map();
  readonly #lines: string[] = [];

  /** The sum of a counter, over all labels. */
  total(name: string): number {
    return [...this.#sums].reduce((sum, [key, value]) => (key.split('{')[0] === name ? sum + value : sum), 0);
  }

  /** Log lines so far, level first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  recordMetric({ name }: Instrument, value: number, labels?: Labels): void {
    this.#sums.set(keyOf(name, labels), value);
  }

  recordCounter({ name }: Instrument, value = 1, labels?: Labels): void {
    const key = keyOf(name, labels);
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + value);
  }

  recordTiming(instrument: Instrument, milliseconds: number, labels?: Labels): void {
    this.recordCounter(instrument, milliseconds, labels);
  }

  logInfo(message: string, _context?: LogContext): void {
    this.#lines.push(`info ${message}`);
  }

  logWarn(message: string, _context?: LogContext): void {
    this.#lines.push(`warn ${message}`);
  }

  logError(message: string, _context?: LogContext): void {
    this.#lines.push(`error ${message}`);
  }
}

function keyOf(name: string, labels: Labels = {}): string {
  return `${name}{${Object.entries(labels).flat().join()}}`;
}
