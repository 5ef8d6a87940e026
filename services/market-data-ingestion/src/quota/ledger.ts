import type { LimitReason, WindowUsage } from './quota.ts';

/** When a request may go. */
export interface Slot {
  /** Milliseconds from now; 0 for at once. */
  readonly waitMs: number;
  /** What it has to wait for. */
  readonly reason: LimitReason;
  /** Whether the vendor has said that the day is spent: nobody should wait for such a slot. */
  readonly spent: boolean;
}

export interface LedgerUsage {
  readonly windows: readonly WindowUsage[];
  readonly hold: { readonly reason: LimitReason; readonly forMs: number } | undefined;
}

/**
 * Counts the requests of a key and says when the next may go. Every implementation follows one algorithm: the generic
 * cell rate for even distances, and windows that slide over the times of all requests.
 */
export interface Ledger {
  /** Takes a slot when one is free now (`waitMs` is 0 then); otherwise takes nothing and says when to ask again. */
  take(): Slot | Promise<Slot>;
  /** When the next `count` requests may go, if nobody else sends any. */
  forecast(count: number): readonly Slot[] | Promise<readonly Slot[]>;
  /** Lets nothing go for some time, because the vendor said so. A shorter hold never ends a longer one. */
  hold(reason: LimitReason, milliseconds: number): void | Promise<void>;
  usage(): LedgerUsage | Promise<LedgerUsage>;
  /** Whether other processes are counted too, as far as known now. */
  readonly counted: 'together' | 'here';
  close?(): Promise<void>;
}
