import type { Clock } from '@quantumtrade/core-traits';

/** How much is done together, and what that may cost a single caller. */
export interface CoalescingLimits {
  readonly clock: Clock;
  /**
   * Milliseconds that an item waits at most for others: while work is under way that it cannot join any more, or as long as
   * others come. 0 joins nothing.
   */
  readonly maxDelayMs: number;
  /** Rows that are done together at most. */
  readonly maxRows: number;
}

/** Turns of the event loop without another item after which a group is taken to be whole. */
const quietTurns = 2;

export interface GroupCommitOptions<Item, Result> {
  /** Nothing is joined when left out. */
  readonly limits: CoalescingLimits | undefined;
  readonly rowsOf: (item: Item) => number;
  /** Does the work of some items at once: one result an item, in their order. */
  readonly together: (items: readonly Item[]) => Promise<readonly Result[]>;
}

/** The work of a group failed, whichever of its members is at fault: each one is to be done alone. */
export class GroupFailed extends Error {
  override readonly name = 'GroupFailed';

  constructor(cause: unknown) {
    super('work done together failed', { cause });
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly signal: AbortSignal | undefined;
  readonly done: PromiseWithResolvers<Result>;
}

/**
 * Does together what comes at a time and what comes while work is under way, as databases commit in groups: one item alone
 * is done within the turn of the event loop, and the more there are at a time, the fewer times the fixed cost is paid.
 */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #rows = 0;
  #underWay = 0;
  #patience: AbortController | undefined;
  #isSoon = false;
  /** How many were in the group that began last. */
  #newestSize = 0;

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
  }

  /**
   * The result of an item. A signal counts until its work begins.
   *
   * @throws GroupFailed where it was done with others and failed; the error of the work itself where it was alone.
   */
  async run(item: Item, signal?: AbortSignal): Promise<Result> {
    const { limits, rowsOf } = this.#options;
    if (limits === undefined || limits.maxDelayMs === 0) {
      const [result] = await this.#options.together([item]);
      return result as Result;
    }
    const rows = rowsOf(item);
    if (this.#rows + rows > limits.maxRows) this.#begin();
    const done = Promise.withResolvers<Result>();
    this.#waiting.push({ item, signal, done });
    this.#rows += rows;
    if (this.#underWay === 0) this.#beginSoon();
    else this.#beginInTime(limits);
    return await done.promise;
  }

  /**
   * Not before what else comes in this turn of the event loop has come; and where several come at a time, not before some
   * turns have brought no other, because answers of a vendor arrive one after the other.
   */
  #beginSoon(): void {
    if (this.#isSoon) return;
    const { limits } = this.#options;
    if (limits === undefined) return;
    this.#isSoon = true;
    const latest = limits.clock.monotonic() + limits.maxDelayMs;
    let quiet = 0;
    let seen = this.#waiting.length;
    const turn = (): void => {
      quiet = this.#waiting.length > seen ? 0 : quiet + 1;
      seen = this.#waiting.length;
      const several = Math.max(seen, this.#newestSize) > 1;
      if (several && seen > 0 && quiet < quietTurns && limits.clock.monotonic() < latest)
        return void setImmediate(turn);
      this.#isSoon = false;
      if (this.#underWay === 0) this.#begin();
      else if (seen > 0) this.#beginInTime(limits);
    };
    setImmediate(turn);
  }

  /** Sees to it that nothing waits longer than it may. */
  #beginInTime({ clock, maxDelayMs }: CoalescingLimits): void {
    if (this.#patience !== undefined) return;
    const patience = new AbortController();
    this.#patience = patience;
    clock.sleep(maxDelayMs, patience.signal).then(
      () => this.#begin(),
      () => {},
    );
  }

  #begin(): void {
    this.#patience?.abort();
    this.#patience = undefined;
    const group = this.#waiting.filter(({ signal, done }) => {
      if (signal?.aborted) done.reject(signal.reason);
      return signal?.aborted !== true;
    });
    this.#waiting = [];
    this.#rows = 0;
    if (group.length === 0) return;
    this.#newestSize = group.length;
    void this.#work(group);
  }

  async #work(group: readonly Waiting<Item, Result>[]): Promise<void> {
    this.#underWay += 1;
    try {
      const results = await this.#options.together(group.map(({ item }) => item));
      for (const [i, { done }] of group.entries()) done.resolve(results[i] as Result);
    } catch (error) {
      for (const { done } of group) done.reject(group.length > 1 ? new GroupFailed(error) : error);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#beginSoon();
    }
  }
}

/** Does it alone where a group that it was in failed: another member may be at fault. */
export async function orAlone<Result>(together: () => Promise<Result>, alone: () => Promise<Result>): Promise<Result> {
  try {
    return await together();
  } catch (error) {
    if (!(error instanceof GroupFailed)) throw error;
    return await alone();
  }
}
