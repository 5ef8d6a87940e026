import type { Clock } from '@quantumtrade/core-traits';

/** How many retries are allowed, measured over the last minute. */
export interface RetryBudgetLimits {
  /** Retries for each request that failed at its first attempt; 0.2 allows one for five. */
  readonly ratio: number;
  /** Retries that are allowed in any minute whatever the ratio says, so that a quiet service may retry at all. */
  readonly minRetriesPerMinute: number;
}

const windowMs = 60_000;
const slots = 12;
const slotMs = windowMs / slots;

/**
 * Keeps retries from multiplying a broad outage. The idea is the retry budget of Finagle and the SRE literature: the
 * retries of a window are bounded by a share of its requests plus a small reserve. Here only failures are reported, so
 * the requests counted are those whose first attempt failed. When nearly everything fails, which is when a budget
 * matters, that is nearly every request; when little fails, it is stricter than a count of all requests, and the
 * reserve does the work.
 *
 * Counts are kept in slots of five seconds, so memory and work are constant and a retry stops counting 55 to 60 seconds
 * after it was granted.
 */
export class RetryBudget {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #requests = new Float64Array(slots);
  readonly #retries = new Float64Array(slots);
  /** Number of the slot that is being filled, counted from the clock's start. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(dependencies: { readonly clock: Pick<Clock, 'monotonic'> }) {
    this.#clock = dependencies.clock;
  }

  /** Counts a request whose first attempt failed. */
  countRequest(): void {
    const slot = this.#forget();
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1;
  }

  /** Whether one more retry is allowed now. */
  allows(limits: RetryBudgetLimits): boolean {
    this.#forget();
    const allowed = limits.minRetriesPerMinute + limits.ratio * sum(this.#requests);
    return sum(this.#retries) + 1 <= allowed;
  }

  /** Counts a retry that was decided. */
  countRetry(): void {
    const slot = this.#forget();
    this.#retries[slot] = (this.#retries[slot] ?? 0) + 1;
  }

  /** Empties the slots whose time is over and gives the index of the current one. */
  #forget(): number {
    const now = Math.floor(this.#clock.monotonic() / slotMs);
    for (let slot = Math.max(this.#newest + 1, now - slots + 1); slot <= now; slot++) {
      this.#requests[indexOf(slot)] = 0;
      this.#retries[indexOf(slot)] = 0;
    }
    this.#newest = Math.max(this.#newest, now);
    return indexOf(this.#newest);
  }
}

function indexOf(slot: number): number {
  return ((slot % slots) + slots) % slots;
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
