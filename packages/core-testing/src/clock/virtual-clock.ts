import type { Clock } from '@quantumtrade/core-traits';
import { seededRandom } from './seeded-random.ts';

// Taken at load, so that a test runner's fake timers cannot hold the virtual clock still.
const { setImmediate: onNextTurn, clearImmediate: forgetTurn } = globalThis;

export interface VirtualClockOptions {
  /**
   * Wall-clock time at the beginning: milliseconds since the Unix epoch (UTC).
   *
   * @defaultValue 2024-01-02T00:00:00Z
   */
  readonly start?: number;
  /** Two clocks with the same seed draw the same numbers; 1 when left out. */
  readonly seed?: number;
  /** Every sleep moves time to its own end at once instead of waiting for {@link VirtualClock.advance}. */
  readonly autoAdvance?: boolean;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * Holds time still until the test moves it. `now` and `monotonic` change only through {@link VirtualClock.advance},
 * {@link VirtualClock.jump} and, with `autoAdvance`, sleeping.
 */
export class VirtualClock implements Clock {
  readonly #autoAdvance: boolean;
  readonly #draw: () => number;
  /** In order of time; sleepers of the same instant in the order in which they lay down. */
  readonly #waiting: Sleeper[] = [];
  readonly #sleeps: number[] = [];
  #origin: number;
  #elapsed = 0;
  #lastAdvance: Promise<void> = Promise.resolve();

  constructor(options: VirtualClockOptions = {}) {
    this.#origin = options.start ?? Date.UTC(2024, 0, 2);
    this.#draw = seededRandom(options.seed ?? 1);
    this.#autoAdvance = options.autoAdvance ?? false;
  }

  now(): number {
    return this.#origin + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  random(): number {
    return this.#draw();
  }

  /** How many sleeps are waiting for time to pass. */
  get sleepers(): number {
    return this.#waiting.length;
  }

  /** How long each sleep was to take, in milliseconds and in the order of the calls, aborted ones included. */
  get sleeps(): readonly number[] {
    return this.#sleeps;
  }

  /**
   * Resolves once `milliseconds` of virtual time are over; 0 and less need no advance. Rejects with the signal's reason
   * as soon as `signal` aborts.
   *
   * With `autoAdvance` time moves before the call returns and the promise resolves in the next turn of the event loop,
   * so a polling loop still lets other work and aborts through.
   *
   * @throws RangeError (as a rejection) when `milliseconds` is not a number, or endless with `autoAdvance`.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.#sleeps.push(milliseconds);
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (Number.isNaN(milliseconds) || (this.#autoAdvance && milliseconds === Number.POSITIVE_INFINITY)) {
      return Promise.reject(new RangeError(`cannot sleep for ${milliseconds} ms: give a finite number`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const forget = this.#wakeAfter(Math.max(0, milliseconds), () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = (): void => {
      forget();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    return promise;
  }

  /**
   * Moves time forward and wakes who is due, in order of time. Each sleeper sees the instant it was waiting for, and
   * everything that its waking sets off in promises runs before the next one wakes: chained sleeps work. Calls add up.
   *
   * It cannot wait for real I/O that a woken task starts.
   *
   * @throws RangeError (as a rejection) when `milliseconds` is negative or not finite.
   */
  advance(milliseconds: number): Promise<void> {
    if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) {
      return Promise.reject(new RangeError(`cannot advance by ${milliseconds} ms: time only moves forward`));
    }
    this.#lastAdvance = this.#lastAdvance.then(() => this.#advanceBy(milliseconds));
    return this.#lastAdvance;
  }

  /**
   * Sets the wall clock forward or back, as an operator or a time server does: `now` changes, `monotonic` and sleeps do
   * not.
   */
  jump(milliseconds: number): void {
    this.#origin += milliseconds;
  }

  async #advanceBy(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await promisesToRun();
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || next.due > end) break;
      this.#waiting.shift();
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.wake();
      await promisesToRun();
    }
    this.#elapsed = Math.max(this.#elapsed, end);
  }

  /** Arranges for `wake` to be called once and returns how to call it off. */
  #wakeAfter(milliseconds: number, wake: () => void): () => void {
    if (this.#autoAdvance) {
      this.#elapsed += milliseconds;
      const turn = onNextTurn(wake);
      return () => forgetTurn(turn);
    }
    if (milliseconds === 0) {
      let wanted = true;
      queueMicrotask(() => {
        if (wanted) wake();
      });
      return () => {
        wanted = false;
      };
    }
    const sleeper: Sleeper = { due: this.#elapsed + milliseconds, wake };
    const after = this.#waiting.findIndex(({ due }) => due > sleeper.due);
    this.#waiting.splice(after === -1 ? this.#waiting.length : after, 0, sleeper);
    return () => {
      const index = this.#waiting.indexOf(sleeper);
      if (index !== -1) this.#waiting.splice(index, 1);
    };
  }
}

/** Resolves when every promise continuation that can run has run, however long its chain. */
function promisesToRun(): Promise<void> {
  return new Promise((resolve) => {
    onNextTurn(resolve);
  });
}
