import { setImmediate as nextTurn } from 'node:timers/promises';

/** Gives out turns of the event loop: the first at once, each further one in a turn of its own. */
export class Turns {
  #taken: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn; what the caller then does without waiting is done in it. */
  async next(): Promise<void> {
    const before = this.#taken;
    this.#taken = before.then(() => nextTurn());
    await before;
  }
}
