import type { CollectionPriority } from '@quantumtrade/shared-types';

/** Someone who waits for a slot. */
export interface Waiter {
  readonly priority: CollectionPriority;
  /** Monotonic time after which a slot is of no use. */
  readonly latest: number;
  grant(): void;
  refuse(error: unknown): void;
}

/**
 * How long a request of each sort lets more urgent ones go ahead. A head start that is finite is what keeps anyone from
 * starving: after it, nobody who comes later goes first.
 */
export const headStartMs: Readonly<Record<CollectionPriority, number>> = {
  priority: 0,
  default: 60_000,
  backfill: 600_000,
};

/** Waiters in the order in which they are served: by the time they came plus what their sort lets pass. */
export class WaitingLine {
  readonly #waiters: { readonly waiter: Waiter; readonly turn: number }[] = [];

  get length(): number {
    return this.#waiters.length;
  }

  /** @param now monotonic milliseconds; never less than at an earlier call. */
  add(waiter: Waiter, now: number): void {
    const turn = now + headStartMs[waiter.priority];
    const after = this.#waiters.findLastIndex((other) => other.turn <= turn);
    this.#waiters.splice(after + 1, 0, { waiter, turn });
  }

  /** Takes the next one out. */
  shift(): Waiter | undefined {
    return this.#waiters.shift()?.waiter;
  }

  remove(waiter: Waiter): void {
    this.removeWhere((other) => other === waiter);
  }

  /** Takes out all that a condition holds for, by their place in the line, and gives them in order. */
  removeWhere(condition: (waiter: Waiter, place: number) => boolean): Waiter[] {
    const removed: Waiter[] = [];
    const kept = this.#waiters.filter(({ waiter }, place) => {
      if (!condition(waiter, place - removed.length)) return true;
      removed.push(waiter);
      return false;
    });
    this.#waiters.splice(0, this.#waiters.length, ...kept);
    return removed;
  }
}
