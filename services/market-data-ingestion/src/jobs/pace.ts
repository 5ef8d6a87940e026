import type { Clock } from '@quantumtrade/core-traits';

export interface PaceDependencies {
  readonly clock: Clock;
  /** How many turns a second; `none` for as many as are asked for. */
  readonly perSecond: number | 'none';
}

/** Lets turns begin at even distances, and none during a pause. */
export class Pace {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  #next = Number.NEGATIVE_INFINITY;
  #resumeAt = Number.NEGATIVE_INFINITY;

  constructor({ clock, perSecond }: PaceDependencies) {
    this.#clock = clock;
    this.#spacingMs = perSecond === 'none' ? 0 : 1000 / perSecond;
  }

  /** No turn begins for so many milliseconds from now on. */
  pause(milliseconds: number): void {
    this.#resumeAt = Math.max(this.#resumeAt, this.#clock.monotonic() + milliseconds);
  }

  /** Waits for the next turn. @throws the signal's reason. */
  async turn(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = this.#clock.monotonic();
      const at = Math.max(now, this.#next);
      if (this.#resumeAt > at) {
        await this.#clock.sleep(this.#resumeAt - now, signal);
        continue;
      }
      this.#next = at + this.#spacingMs;
      if (at > now) await this.#clock.sleep(at - now, signal);
      // A pause may have begun meanwhile.
      if (this.#resumeAt <= this.#clock.monotonic()) return;
    }
  }
}
