/**
 * Counts what begins and ends, such as statements. Who finds the same count twice, and nothing under way at either time,
 * has missed nothing in between.
 */
export class Occurrences {
  #begun = 0;
  #ended = 0;

  /** Says that one begins. What it gives is called once, when that one is over. */
  begin(): () => void {
    this.#begun += 1;
    return () => {
      this.#ended += 1;
    };
  }

  /** A number that rises whenever one begins or ends. */
  get count(): number {
    return this.#begun + this.#ended;
  }

  get areUnderWay(): boolean {
    return this.#begun > this.#ended;
  }
}
