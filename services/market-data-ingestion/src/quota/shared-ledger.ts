import type { Clock } from '@quantumtrade/core-traits';
import type { Ledger, LedgerUsage, Slot } from './ledger.ts';
import type { ProcessLedger } from './process-ledger.ts';
import type { LimitReason } from './quota.ts';
import type { RedisLedger } from './redis-ledger.ts';

export interface SharedLedgerDependencies {
  readonly shared: RedisLedger;
  /** Keeps to this process's share. It counts all that this process sends, so that it knows it when it takes over. */
  readonly own: ProcessLedger;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Told when Redis went away (with the failure) and when it came back. */
  readonly onChange?: ((away: Error | undefined) => void) | undefined;
}

/** How long Redis is left alone after a failure. */
const restMs = 1000;

/**
 * Counts in Redis, and within this process's share while Redis is away. What went meanwhile is counted in Redis as soon
 * as it is back.
 */
export class SharedLedger implements Ledger {
  readonly #dependencies: SharedLedgerDependencies;
  /** Monotonic times of requests that Redis does not know of. */
  #missed: number[] = [];
  #restUntil = Number.NEGATIVE_INFINITY;
  #away = false;

  constructor(dependencies: SharedLedgerDependencies) {
    this.#dependencies = dependencies;
  }

  get counted(): 'together' | 'here' {
    return this.#away ? 'here' : 'together';
  }

  async take(): Promise<Slot> {
    const { shared, own, clock } = this.#dependencies;
    return await this.#ask(
      async () => {
        const now = clock.monotonic();
        const missed = this.#missed;
        const slot = await shared.take(missed.map((at) => now - at));
        this.#missed = this.#missed.slice(missed.length);
        if (slot.waitMs <= 0) own.record();
        return slot;
      },
      () => {
        const slot = own.take();
        if (slot.waitMs <= 0) this.#missed.push(clock.monotonic());
        return slot;
      },
    );
  }

  async forecast(count: number): Promise<readonly Slot[]> {
    const { shared, own } = this.#dependencies;
    return await this.#ask(
      () => shared.forecast(count),
      () => own.forecast(count),
    );
  }

  async hold(reason: LimitReason, milliseconds: number): Promise<void> {
    const { shared, own } = this.#dependencies;
    // Here too: a refusal must outlive a Redis that forgets.
    own.hold(reason, milliseconds);
    await this.#ask(
      () => shared.hold(reason, milliseconds),
      () => {},
    );
  }

  async usage(): Promise<LedgerUsage> {
    const { shared, own } = this.#dependencies;
    return await this.#ask(
      () => shared.usage(),
      () => own.usage(),
    );
  }

  async close(): Promise<void> {
    await this.#dependencies.shared.close();
  }

  async #ask<T>(together: () => Promise<T>, alone: () => T): Promise<T> {
    const { clock } = this.#dependencies;
    if (clock.monotonic() < this.#restUntil) return alone();
    try {
      const answer = await together();
      this.#change(undefined);
      return answer;
    } catch (error) {
      this.#restUntil = clock.monotonic() + restMs;
      this.#change(error instanceof Error ? error : new Error(String(error)));
      return alone();
    }
  }

  #change(away: Error | undefined): void {
    if (this.#away === (away !== undefined)) return;
    this.#away = away !== undefined;
    this.#dependencies.onChange?.(away);
  }
}
