export interface ReadingsOptions {
  /** What all samples together may take, in milliseconds. */
  readonly patienceMs: number;
  /** Told of a sample that failed, or did not come in time. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * What sets gauges before metrics are read. Metrics are needed most when something hangs, so a sample that does not come in
 * time is left behind: its gauges keep their values, and it is not asked again before it has ended.
 */
export class Readings {
  readonly #options: ReadingsOptions;
  readonly #samples = new Set<() => void | Promise<void>>();
  readonly #underWay = new Map<() => void | Promise<void>, Promise<boolean>>();

  constructor(options: ReadingsOptions) {
    this.#options = options;
  }

  /** The answer ends it. */
  add(sample: () => void | Promise<void>): () => void {
    this.#samples.add(sample);
    return () => void this.#samples.delete(sample);
  }

  /** Resolves when all have ended, or the time is up. */
  async take(): Promise<void> {
    if (this.#samples.size === 0) return;
    const { patienceMs, onFailure } = this.#options;
    const { promise: late, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(resolve, patienceMs, false);
    const ended = await Promise.all([...this.#samples].map((sample) => Promise.race([this.#once(sample), late])));
    clearTimeout(timer);
    if (ended.includes(false)) onFailure(new Error(`a sample took more than ${patienceMs} ms`));
  }

  #once(sample: () => void | Promise<void>): Promise<boolean> {
    const before = this.#underWay.get(sample);
    if (before !== undefined) return before;
    const ended = this.#run(sample);
    this.#underWay.set(sample, ended);
    return ended;
  }

  async #run(sample: () => void | Promise<void>): Promise<boolean> {
    try {
      await sample();
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      // Synchronous samples end before they are noted as under way.
      queueMicrotask(() => this.#underWay.delete(sample));
    }
    return true;
  }
}
