/** What the store does when it is asked to insert. */
export type Weather = 'works' | 'fails before' | 'fails after';

/** A batch as the model knows it: closing prices by day. */
export interface ModelBatch {
  readonly batchId: string;
  readonly acceptedAt: number;
  readonly symbol: string;
  readonly closes: ReadonlyMap<number, string>;
  /** The label of a rejected row, where the batch has one. */
  readonly rejected: string | undefined;
}

export interface ModelVersion {
  readonly close: string;
  readonly at: number;
  readonly batchId: string;
}

export interface ModelOutcome {
  readonly stored: number;
  readonly unchanged: number;
  readonly spooled: number;
}

/** What storage, spool and replay together must do, said as simply as possible. */
export class ReferenceModel {
  weather: Weather = 'works';
  now = 0;
  /** Every batch that was collected, in order. */
  readonly collected: ModelBatch[] = [];
  /** In the spool, in order. */
  readonly waiting: ModelBatch[] = [];
  /** By symbol and day: every version, the newest last. */
  readonly versions: Map<string, ModelVersion[]> = new Map();
  readonly rejected: Set<string> = new Set();
  readonly #applied: Map<string, ModelOutcome> = new Map();

  /** A batch is collected, or the same one once more. */
  keep(batch: ModelBatch): ModelOutcome {
    const spooled = { stored: 0, unchanged: 0, spooled: batch.closes.size };
    const mustWait = this.waiting.some(({ symbol }) => symbol === batch.symbol);
    if (!mustWait && this.weather === 'works') return this.#apply(batch);
    if (!mustWait && this.weather === 'fails after') this.#applyBars(batch);
    if (!this.waiting.some(({ batchId }) => batchId === batch.batchId)) this.waiting.push(batch);
    return spooled;
  }

  /** What waits is replayed, oldest first; `crash` ends the process before the first entry is removed. */
  replay(crash = false): void {
    while (this.waiting[0] !== undefined && this.weather !== 'fails before') {
      if (this.weather === 'fails after') return void this.#applyBars(this.waiting[0]);
      this.#apply(this.waiting[0]);
      if (crash) return;
      this.waiting.shift();
    }
  }

  /** The versions of a symbol's days that were the newest at an instant. */
  asOf(symbol: string, instant: number): ReadonlyMap<number, ModelVersion> {
    const days = new Map<number, ModelVersion>();
    for (const [key, versions] of this.versions) {
      const [of, day] = key.split(' ');
      const newest = versions.findLast(({ at }) => at <= instant);
      if (of === symbol && newest !== undefined) days.set(Number(day), newest);
    }
    return new Map([...days].sort(([a], [b]) => a - b));
  }

  #apply(batch: ModelBatch): ModelOutcome {
    if (batch.rejected !== undefined) this.rejected.add(batch.rejected);
    return this.#applyBars(batch);
  }

  #applyBars({ batchId, acceptedAt, symbol, closes }: ModelBatch): ModelOutcome {
    const before = this.#applied.get(batchId);
    if (before !== undefined) return before;
    let stored = 0;
    for (const [day, close] of closes) {
      const key = `${symbol} ${day}`;
      const versions = this.versions.get(key) ?? [];
      this.versions.set(key, versions);
      if (versions.at(-1)?.close === close) continue;
      versions.push({ close, at: acceptedAt, batchId });
      stored += 1;
    }
    const outcome = { stored, unchanged: closes.size - stored, spooled: 0 };
    this.#applied.set(batchId, outcome);
    return outcome;
  }
}
