import { type Clock, isServiceError, ServiceError } from '@quantumtrade/core-traits';
import type { VendorReason } from '../shared/vendor-reason.ts';

export interface AcquireOptions {
  /** Ends the wait; the call rejects with the signal's reason and its slot goes to the next. */
  readonly signal?: AbortSignal | undefined;
  /** Longest acceptable wait in milliseconds; a longer one is refused at once. Any wait is acceptable without it. */
  readonly patienceMs?: number | undefined;
}

/** Says when the next request may go. */
export interface Quota {
  /**
   * Resolves when a request may be sent, first come first served.
   *
   * @throws ServiceError of kind `rateLimit`, reason `pacing`, `minuteQuota` or `dailyQuota`, when that takes too long or
   * the day is spent; it takes no slot then.
   */
  acquire(options?: AcquireOptions): Promise<void>;
  /** Takes note that the vendor refused a request for its rate; other errors are passed over. */
  refused(error: ServiceError): void;
}

/** Every limit is optional: what is left out does not limit. */
export interface QuotaLimits {
  /** Requests a second, evenly spaced; fractions are allowed. */
  readonly perSecond?: number | undefined;
  /** Requests in any 60 seconds. */
  readonly perMinute?: number | undefined;
  /** Requests in any 24 hours. */
  readonly perDay?: number | undefined;
}

/** A quota that never waits and forgets refusals, for stand-ins of the vendor. */
export const unlimited: Quota = {
  acquire: async (options) => options?.signal?.throwIfAborted(),
  refused: () => {},
};

/**
 * A quota for this process. It measures with the clock's monotonic time, so that a jump of the wall clock grants
 * nothing extra.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidQuota`, for limits below one request (`perSecond`: not
 * above 0).
 */
export function createQuota(options: QuotaLimits & { readonly clock: Clock }): Quota {
  return new InProcessQuota(options);
}

type LimitReason = Extract<VendorReason, 'pacing' | 'minuteQuota' | 'dailyQuota'>;

interface Slot {
  readonly at: number;
  readonly reason: LimitReason;
}

interface Waiter {
  readonly latest: number;
  grant(): void;
  refuse(error: unknown): void;
}

const minute = 60_000;
const day = 86_400_000;

class InProcessQuota implements Quota {
  readonly #clock: Clock;
  readonly #spacing: number;
  readonly #perMinute: number | undefined;
  readonly #perDay: number | undefined;
  /** Monotonic times of the grants that may still count, oldest first. */
  #grants: number[] = [];
  #waiters: Waiter[] = [];
  #pause: Slot | undefined;
  #spentUntil: number | undefined;
  #timer: AbortController | undefined;

  constructor({ perSecond, perMinute, perDay, clock }: QuotaLimits & { readonly clock: Clock }) {
    for (const limit of [perMinute, perDay]) {
      if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) throw invalidQuota();
    }
    if (perSecond !== undefined && !(perSecond > 0)) throw invalidQuota();
    this.#clock = clock;
    this.#spacing = perSecond === undefined ? 0 : 1000 / perSecond;
    this.#perMinute = perMinute;
    this.#perDay = perDay;
  }

  async acquire({ signal, patienceMs }: AcquireOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const now = this.#clock.monotonic();
    this.#throwIfSpent(now);
    const latest = patienceMs === undefined ? Number.POSITIVE_INFINITY : now + patienceMs;
    const slots = this.#forecast(now, this.#waiters.length + 1);
    const slot = slots.at(-1) as Slot;
    if (slot.at > latest) throw this.#tooLong(slot, now);
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason);
        this.#serve();
      };
      const done = (): void => signal?.removeEventListener('abort', onAbort);
      const waiter: Waiter = {
        latest,
        grant: () => {
          done();
          resolve();
        },
        refuse: (error) => {
          done();
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
      this.#serve();
    });
  }

  refused(error: ServiceError): void {
    if (!isServiceError(error) || error.kind !== 'rateLimit') return;
    const now = this.#clock.monotonic();
    if (error.reason === 'dailyQuota') {
      this.#spentUntil = Math.max(this.#spentUntil ?? 0, now + (error.retryAfterMs ?? day));
      for (const waiter of this.#waiters.splice(0)) waiter.refuse(this.#spent(now));
    } else {
      const reason = error.reason === 'pacing' ? 'pacing' : 'minuteQuota';
      const at = now + (error.retryAfterMs ?? (reason === 'pacing' ? 1500 : minute));
      if (at > (this.#pause?.at ?? 0)) this.#pause = { at, reason };
      this.#refuseImpatient(now);
    }
    this.#serve();
  }

  /** Grants what may go now and sets the timer for the next one. */
  #serve(): void {
    this.#timer?.abort();
    this.#timer = undefined;
    while (this.#waiters.length > 0) {
      const now = this.#clock.monotonic();
      const [slot] = this.#forecast(now, 1) as [Slot];
      if (slot.at > now) {
        this.#wakeIn(slot.at - now);
        return;
      }
      this.#grants.push(now);
      this.#waiters.shift()?.grant();
    }
  }

  #wakeIn(milliseconds: number): void {
    const timer = new AbortController();
    this.#timer = timer;
    this.#clock.sleep(Math.ceil(milliseconds), timer.signal).then(
      () => {
        if (this.#timer === timer) this.#serve();
      },
      (error: unknown) => {
        // A timer that was replaced is of no interest; a clock that fails must not leave anyone waiting for ever.
        if (this.#timer === timer) for (const waiter of this.#waiters.splice(0)) waiter.refuse(error);
      },
    );
  }

  /** When the next `count` requests may go, if all of them do. */
  #forecast(now: number, count: number): Slot[] {
    this.#forget(now);
    const times = this.#grants.slice();
    const slots: Slot[] = [];
    for (let i = 0; i < count; i++) {
      let slot: Slot = { at: now, reason: 'pacing' };
      const noEarlierThan = (at: number, reason: LimitReason): void => {
        if (at > slot.at) slot = { at, reason };
      };
      if (this.#pause !== undefined) noEarlierThan(this.#pause.at, this.#pause.reason);
      const last = times.at(-1);
      if (last !== undefined) noEarlierThan(last + this.#spacing, 'pacing');
      const inMinute = this.#perMinute === undefined ? undefined : times.at(-this.#perMinute);
      if (inMinute !== undefined) noEarlierThan(inMinute + minute, 'minuteQuota');
      const inDay = this.#perDay === undefined ? undefined : times.at(-this.#perDay);
      if (inDay !== undefined) noEarlierThan(inDay + day, 'dailyQuota');
      times.push(slot.at);
      slots.push(slot);
    }
    return slots;
  }

  /** Drops grants that no limit looks at any more. */
  #forget(now: number): void {
    const needed = Math.max(1, this.#perMinute ?? 0, this.#perDay ?? 0);
    if (this.#grants.length > 2 * needed) this.#grants = this.#grants.slice(-needed);
    if (this.#pause !== undefined && this.#pause.at <= now) this.#pause = undefined;
  }

  #refuseImpatient(now: number): void {
    for (let i = 0; i < this.#waiters.length; ) {
      const waiter = this.#waiters[i] as Waiter;
      const slot = this.#forecast(now, i + 1).at(-1) as Slot;
      if (slot.at <= waiter.latest) {
        i++;
        continue;
      }
      this.#waiters.splice(i, 1);
      waiter.refuse(this.#tooLong(slot, now));
    }
  }

  #throwIfSpent(now: number): void {
    if (this.#spentUntil === undefined) return;
    if (now < this.#spentUntil) throw this.#spent(now);
    this.#spentUntil = undefined;
  }

  #spent(now: number): ServiceError {
    return limitError(
      'dailyQuota',
      (this.#spentUntil ?? now) - now,
      'the vendor said that the calls of this day are used up',
    );
  }

  #tooLong({ at, reason }: Slot, now: number): ServiceError {
    const limits: Record<LimitReason, string> = {
      pacing: 'requests must be further apart',
      minuteQuota: 'the calls of this minute are used up',
      dailyQuota: `all ${this.#perDay} calls of 24 hours are used up`,
    };
    return limitError(reason, at - now, limits[reason]);
  }
}

function limitError(reason: LimitReason, waitMs: number, why: string): ServiceError {
  const retryAfterMs = Math.ceil(waitMs);
  return new ServiceError({
    kind: 'rateLimit',
    service: 'alpha_vantage',
    reason,
    retryable: reason !== 'dailyQuota',
    retryAfterMs,
    message: `no request was sent to Alpha Vantage: ${why}; the next may go in ${Math.ceil(retryAfterMs / 1000)} s`,
  });
}

function invalidQuota(): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidQuota',
    message: 'limits of requests to Alpha Vantage must be whole numbers of at least 1 (a second: above 0)',
  });
}
