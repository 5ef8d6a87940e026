import type { Lifecycle, LifecycleOptions } from '@quantumtrade/core-traits';

/** A call of a {@link Lifecycle}. */
export type LifecycleCall = 'start' | 'stop';

export interface FakeLifecycleOptions {
  /** Tells several apart in the journal; `fake` when left out. */
  readonly name?: string;
  /** Gets `<name>.start` and `<name>.stop`: share one among several to see their order. */
  readonly journal?: string[];
}

/** A component that records being started and stopped. Repeated calls are recorded and change nothing else. */
export class FakeLifecycle implements Lifecycle {
  readonly name: string;
  readonly #journal: string[];
  readonly #calls: LifecycleCall[] = [];
  readonly #failures: Map<LifecycleCall, Error> = new Map();
  readonly #effects: LifecycleCall[] = [];
  #started = false;

  constructor(options: FakeLifecycleOptions = {}) {
    this.name = options.name ?? 'fake';
    this.#journal = options.journal ?? [];
  }

  /** The calls so far, failed ones included, in order. */
  get calls(): readonly LifecycleCall[] {
    return this.#calls;
  }

  /** The calls that changed something, in order: no failed ones, no repetitions. */
  get effects(): readonly LifecycleCall[] {
    return this.#effects;
  }

  /** Whether it was started and not stopped since. */
  get started(): boolean {
    return this.#started;
  }

  /** Makes one of the calls reject and change nothing, until {@link FakeLifecycle.recover}. */
  failOn(call: LifecycleCall, error: Error = new Error(`${this.name} was told to fail on ${call}`)): void {
    this.#failures.set(call, error);
  }

  recover(): void {
    this.#failures.clear();
  }

  async start(options?: LifecycleOptions): Promise<void> {
    this.#record('start', options);
    if (!this.#started) this.#effects.push('start');
    this.#started = true;
  }

  async stop(options?: LifecycleOptions): Promise<void> {
    this.#record('stop', options);
    if (this.#started) this.#effects.push('stop');
    this.#started = false;
  }

  #record(call: LifecycleCall, options: LifecycleOptions | undefined): void {
    this.#calls.push(call);
    this.#journal.push(`${this.name}.${call}`);
    options?.signal?.throwIfAborted();
    const failure = this.#failures.get(call);
    if (failure !== undefined) throw failure;
  }
}
