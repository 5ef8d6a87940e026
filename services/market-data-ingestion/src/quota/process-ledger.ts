import type { Clock } from '@quantumtrade/core-traits';
import type { Ledger, LedgerUsage, Slot } from './ledger.ts';
import type { LimitReason } from './quota.ts';
import type { RatePlan } from './rate-plan.ts';

/** What outlives a process. Times are milliseconds since the Unix epoch (UTC). */
export interface LedgerMemory {
  /** Times of the requests since an instant, oldest first. */
  grantsSince(instant: number): readonly number[];
  addGrant(at: number): void;
  holds(): readonly { readonly reason: LimitReason; readonly until: number }[];
  setHold(reason: LimitReason, until: number): void;
}

export interface ProcessLedgerDependencies {
  readonly plan: RatePlan;
  readonly clock: Clock;
  /** Nothing is remembered without it. */
  readonly memory?: LedgerMemory | undefined;
}

/**
 * The ledger of one process. It measures with monotonic time, so that a jump of the wall clock grants nothing extra;
 * what earlier processes did is read from the memory once, at the first use.
 */
export class ProcessLedger implements Ledger {
  readonly counted = 'here';
  readonly #plan: RatePlan;
  readonly #clock: Clock;
  readonly #memory: LedgerMemory | undefined;
  readonly #longestMs: number;
  readonly #mostKept: number;
  /** Monotonic times, oldest first. */
  #grants: number[] = [];
  /** When the next request is due by the even distance: the theoretical arrival time of the cell rate. */
  #due = Number.NEGATIVE_INFINITY;
  #paused: { readonly reason: LimitReason; readonly until: number } | undefined;
  #spentUntil = Number.NEGATIVE_INFINITY;
  #loaded = false;

  constructor({ plan, clock, memory }: ProcessLedgerDependencies) {
    this.#plan = plan;
    this.#clock = clock;
    this.#memory = memory;
    this.#longestMs = Math.max(0, ...plan.windows.map(({ ms }) => ms));
    this.#mostKept = Math.max(0, ...plan.windows.map(({ limit }) => limit));
  }

  take(): Slot {
    const now = this.#now();
    const slot = this.#slots(now, 1)[0] as Slot;
    if (slot.waitMs <= 0) this.#record(now);
    return slot;
  }

  forecast(count: number): readonly Slot[] {
    return this.#slots(this.#now(), count);
  }

  /** Counts a request that another ledger has let go. */
  record(): void {
    this.#record(this.#now());
  }

  hold(reason: LimitReason, milliseconds: number): void {
    const now = this.#now();
    if (this.#holdUntil(reason, now + milliseconds)) this.#memory?.setHold(reason, this.#clock.now() + milliseconds);
  }

  usage(): LedgerUsage {
    const now = this.#now();
    const windows = this.#plan.windows.map(({ reason, limit, ms, nominalMs }) => {
      const within = this.#grants.filter((at) => at + ms > now);
      const leavesIn = (at: number | undefined): number | undefined => (at === undefined ? undefined : at + ms - now);
      return {
        reason,
        limit,
        windowMs: nominalMs,
        used: within.length,
        left: Math.max(0, limit - within.length),
        freesInMs: leavesIn(within[0]),
        emptyInMs: leavesIn(within.at(-1)),
      };
    });
    if (this.#spentUntil > now) {
      return { windows, hold: { reason: 'dailyQuota', forMs: this.#spentUntil - now } };
    }
    const paused = this.#paused;
    const hold =
      paused !== undefined && paused.until > now ? { reason: paused.reason, forMs: paused.until - now } : undefined;
    return { windows, hold };
  }

  #slots(now: number, count: number): Slot[] {
    if (this.#spentUntil > now) {
      const spent: Slot = { waitMs: this.#spentUntil - now, reason: 'dailyQuota', spent: true };
      return Array.from({ length: count }, () => spent);
    }
    const { windows, spacingReason } = this.#plan;
    const added: number[] = [];
    const fromLast = (nth: number): number | undefined =>
      nth <= added.length ? added.at(-nth) : this.#grants.at(added.length - nth);
    let due = this.#due;
    return Array.from({ length: count }, () => {
      let at = now;
      let reason: LimitReason = spacingReason;
      const noEarlierThan = (time: number, why: LimitReason): void => {
        if (time > at) [at, reason] = [time, why];
      };
      if (this.#paused !== undefined) noEarlierThan(this.#paused.until, this.#paused.reason);
      noEarlierThan(due, spacingReason);
      for (const { limit, ms, reason: why } of windows) {
        noEarlierThan((fromLast(limit) ?? Number.NEGATIVE_INFINITY) + ms, why);
      }
      added.push(at);
      due = this.#dueAfter(due, at);
      return { waitMs: at - now, reason, spent: false };
    });
  }

  #record(now: number): void {
    this.#grants.push(now);
    this.#due = this.#dueAfter(this.#due, now);
    if (this.#grants.length > 2 * this.#mostKept + 16) {
      this.#grants = this.#mostKept === 0 ? [] : this.#grants.slice(-this.#mostKept);
    }
    // Without limits nothing is told by it.
    if (this.#mostKept > 0 || this.#plan.spacingMs > 0) this.#memory?.addGrant(this.#clock.now());
  }

  /** A request that starts a little late does not delay the ones after it; a pause saves nothing up. */
  #dueAfter(due: number, at: number): number {
    const { spacingMs, toleranceMs } = this.#plan;
    return (at - due <= toleranceMs ? due : at) + spacingMs;
  }

  /** Whether this hold is longer than the one that is known. */
  #holdUntil(reason: LimitReason, until: number): boolean {
    if (reason === 'dailyQuota') {
      if (until <= this.#spentUntil) return false;
      this.#spentUntil = until;
      return true;
    }
    if (until <= (this.#paused?.until ?? Number.NEGATIVE_INFINITY)) return false;
    this.#paused = { reason, until };
    return true;
  }

  #now(): number {
    const now = this.#clock.monotonic();
    if (!this.#loaded) this.#load(now);
    return now;
  }

  #load(now: number): void {
    this.#loaded = true;
    if (this.#memory === undefined) return;
    const wall = this.#clock.now();
    for (const at of this.#memory.grantsSince(wall - this.#longestMs)) {
      // A time that lies ahead was written before the wall clock was set back.
      const then = now - Math.max(0, wall - at);
      this.#grants.push(then);
      this.#due = this.#dueAfter(this.#due, then);
    }
    for (const { reason, until } of this.#memory.holds()) this.#holdUntil(reason, now + (until - wall));
  }
}
