import { type Clock, isServiceError, type ServiceError } from '@quantumtrade/core-traits';
import type { Vendor } from '../collectors/shared/vendor.ts';
import type { Ledger, Slot } from './ledger.ts';
import { heldBack } from './limit-error.ts';
import type { AcquireOptions, LimitReason, Quota, QuotaUsage } from './quota.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

export interface QueuedQuotaDependencies {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly vendor: Vendor;
}

/** What a refusal holds back when the vendor does not say how long. */
const usualHoldMs: Readonly<Record<LimitReason, number>> = {
  pacing: 1500,
  minuteQuota: 60_000,
  dailyQuota: 86_400_000,
};

/** Other processes and a Redis that comes back are looked at again after this, however long the wait. */
const longestNapMs = 30_000;

/** Places that are foreseen exactly; those further back are estimated from the last of them. */
const mostForeseen = 100;

/** Lets waiters go, the most urgent first, as a ledger has slots for them. */
export class QueuedQuota implements Quota {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #vendor: Vendor;
  readonly #line = new WaitingLine();
  #serving = false;
  #nap: AbortController | undefined;
  /** Notes of refusals that are still on their way into the ledger. */
  #noting: Promise<unknown> = Promise.resolve();

  constructor({ ledger, clock, vendor }: QueuedQuotaDependencies) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#vendor = vendor;
  }

  async acquire({ signal, patienceMs, priority = 'default' }: AcquireOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const now = this.#clock.monotonic();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      priority,
      latest: patienceMs === undefined ? Number.POSITIVE_INFINITY : now + patienceMs,
      grant: resolve,
      refuse: reject,
    };
    const onAbort = (): void => {
      this.#line.remove(waiter);
      if (this.#line.length === 0) this.#nap?.abort();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#line.add(waiter, now);
    void this.#weedOut().then(() => this.#serve());
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  refused(error: ServiceError): void {
    if (!isServiceError(error) || error.kind !== 'rateLimit') return;
    const reason: LimitReason =
      error.reason === 'dailyQuota' || error.reason === 'pacing' ? error.reason : 'minuteQuota';
    const milliseconds = error.retryAfterMs ?? usualHoldMs[reason];
    this.#noting = Promise.all([this.#noting, this.#ledger.hold(reason, milliseconds)]).catch(() => {});
    if (reason === 'dailyQuota') this.#refuseAll({ waitMs: milliseconds, reason, spent: true });
    else void this.#weedOut();
    // Whoever sleeps until a slot has to look again when it is.
    this.#nap?.abort();
  }

  async usage(): Promise<QuotaUsage> {
    await this.#noting;
    const usage = await this.#ledger.usage();
    return { ...usage, counted: this.#ledger.counted };
  }

  async close(): Promise<void> {
    await this.#noting;
    await this.#ledger.close?.();
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#line.length > 0) {
        await this.#noting;
        const slot = await this.#ledger.take();
        if (slot.spent) this.#refuseAll(slot);
        else if (slot.waitMs <= 0) this.#line.shift()?.grant();
        else {
          const now = this.#clock.monotonic();
          this.#refuseWhere(
            (waiter) => isLate(waiter, slot, now),
            () => slot,
          );
          if (this.#line.length > 0) await this.#sleep(slot.waitMs);
        }
      }
    } catch (error) {
      // A clock or a ledger that fails must not leave anyone waiting for ever.
      for (const waiter of this.#line.removeWhere(() => true)) waiter.refuse(error);
    } finally {
      this.#serving = false;
    }
  }

  async #sleep(milliseconds: number): Promise<void> {
    const nap = new AbortController();
    this.#nap = nap;
    try {
      await this.#clock.sleep(Math.ceil(Math.min(milliseconds, longestNapMs)), nap.signal);
    } catch (error) {
      if (!nap.signal.aborted) throw error;
    } finally {
      this.#nap = undefined;
    }
  }

  /** Refuses those whose slot would come too late for them, as soon as that can be foreseen. */
  async #weedOut(): Promise<void> {
    try {
      await this.#noting;
      if (this.#line.length === 0) return;
      const slots = await this.#ledger.forecast(Math.min(this.#line.length, mostForeseen));
      const now = this.#clock.monotonic();
      if (slots[0]?.spent) return this.#refuseAll(slots[0]);
      this.#refuseWhere(
        (waiter, place) => isLate(waiter, foreseen(slots, place), now),
        (place) => foreseen(slots, place),
      );
    } catch {
      // Serving meets the same failure and says so.
    }
  }

  #refuseWhere(condition: (waiter: Waiter, place: number) => boolean, slotOf: (place: number) => Slot): void {
    const places: number[] = [];
    const late = this.#line.removeWhere((waiter, place) => {
      const refused = condition(waiter, place);
      if (refused) places.push(place);
      return refused;
    });
    for (const [index, waiter] of late.entries()) {
      waiter.refuse(heldBack(slotOf(places[index] ?? 0), this.#vendor));
    }
  }

  #refuseAll(slot: Slot): void {
    this.#refuseWhere(
      () => true,
      () => slot,
    );
  }
}

/** Whether a slot would come too late. One that is free now never does: asking for it may have taken a moment. */
function isLate({ latest }: Waiter, { waitMs }: Slot, now: number): boolean {
  return waitMs > 0 && now + waitMs > latest;
}

function foreseen(slots: readonly Slot[], place: number): Slot {
  const slot = slots[place];
  if (slot !== undefined) return slot;
  const last = slots.at(-1) ?? { waitMs: 0, reason: 'pacing', spent: false };
  const step = slots.length < 2 ? 0 : (last.waitMs - (slots[0]?.waitMs ?? 0)) / (slots.length - 1);
  return { ...last, waitMs: last.waitMs + step * (place - slots.length + 1) };
}
