import { type Clock, ServiceError } from '@quantumtrade/core-traits';

/** There already: an error of its own, with its stack, for each timer that is stopped would cost more than the timer. */
const finishedInTime = 'finished in time';

/** The end of one collection: a signal that fires when its time is up or its caller gives up. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #endsAt: number;
  readonly #caller: AbortSignal | undefined;
  readonly #finished: AbortController = new AbortController();

  constructor(options: { clock: Clock; milliseconds: number; signal?: AbortSignal | undefined }) {
    const { clock, milliseconds, signal } = options;
    this.#clock = clock;
    this.#caller = signal;
    this.#endsAt = clock.monotonic() + milliseconds;
    const expired = new AbortController();
    this.signal = signal === undefined ? expired.signal : AbortSignal.any([expired.signal, signal]);
    void clock.sleep(milliseconds, this.#finished.signal).then(
      () => expired.abort(deadlineError(milliseconds)),
      () => {}, // finished in time
    );
  }

  /** Milliseconds left; never below 0. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAt - this.#clock.monotonic());
  }

  /** Waits for work until the signal fires, then rejects with its reason: also for work that takes no notice of it. */
  async within<T>(work: Promise<T> | T): Promise<T> {
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = (): void => reject(this.signal.reason);
    this.signal.addEventListener('abort', end, { once: true });
    if (this.signal.aborted) end();
    try {
      return await Promise.race([work, ended]);
    } finally {
      this.signal.removeEventListener('abort', end);
    }
  }

  /** Throws the caller's reason once the caller has given up; that is no failure for anybody to judge. */
  throwIfCancelled(): void {
    this.#caller?.throwIfAborted();
  }

  /** Stops the timer. */
  finish(): void {
    this.#finished.abort(finishedInTime);
  }
}

function deadlineError(milliseconds: number): ServiceError {
  return new ServiceError({
    kind: 'externalApi',
    api: 'collection',
    reason: 'outage',
    message: `the collection did not end within ${milliseconds / 1000} s: try again, or raise collection.deadline_seconds`,
  });
}
