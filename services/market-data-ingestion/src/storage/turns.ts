import type { Deadline } from '../collection/deadline.ts';

/** One after the other for each key, in the order of the calls. */
export class Turns {
  readonly #last: Map<string, Promise<void>> = new Map();

  /** Waits for the calls before it with the same key, then runs. @throws what `work` throws, or the deadline's reason. */
  async take<T>(key: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const own = Promise.withResolvers<void>();
    const turn = before === undefined ? own.promise : before.then(() => own.promise);
    this.#last.set(key, turn);
    try {
      if (before !== undefined) await deadline.within(before);
      return await work();
    } finally {
      own.resolve();
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}
