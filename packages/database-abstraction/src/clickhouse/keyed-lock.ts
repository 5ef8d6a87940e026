import { orAborted } from '../engine/or-aborted.ts';

/** Runs tasks of one key one after another and tasks of different keys side by side. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /**
   * Runs a task when its turn comes. An abort of the signal lets the caller go with the signal's reason; the task keeps
   * its turn, so that no other one begins beside what it may still be doing.
   */
  async run<T>(key: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    this.#tails.set(key, mine);
    const forget = (): void => {
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    };
    void mine.then(forget, forget);
    return await orAborted(mine, signal);
  }
}
