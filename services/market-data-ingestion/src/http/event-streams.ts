import type { Readable } from 'node:stream';
import type { MonitoringProvider } from '@quantumtrade/core-traits';
import { httpInstruments } from './instruments.ts';
import { refusal } from './refusal.ts';

/** The event streams that are open: only so many at once, and all of them end when the interface closes. */
export class EventStreams {
  readonly #most: number;
  readonly #monitoring: MonitoringProvider;
  readonly #closing: AbortController = new AbortController();
  #open = 0;

  constructor(dependencies: { readonly most: number; readonly monitoring: MonitoringProvider }) {
    this.#most = dependencies.most;
    this.#monitoring = dependencies.monitoring;
    this.#monitoring.recordMetric(httpInstruments.streams, 0);
  }

  /** @throws ServiceError, reason `tooManyStreams` or `stopping`. */
  open(make: (signal: AbortSignal) => Readable): Readable {
    if (this.#closing.signal.aborted) throw refusal('stopping', 'the service is stopping');
    if (this.#open >= this.#most) throw refusal('tooManyStreams', 'too many event streams are open: close some');
    this.#count(1);
    const stream = make(this.#closing.signal);
    stream.once('close', () => this.#count(-1));
    return stream;
  }

  /** Ends all streams and opens no more. */
  close(): void {
    this.#closing.abort();
  }

  #count(difference: 1 | -1): void {
    this.#open += difference;
    this.#monitoring.recordMetric(httpInstruments.streams, this.#open);
  }
}
