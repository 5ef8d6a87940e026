import type { Clock, MonitoringProvider } from '@quantumtrade/core-traits';
import type { BarBatch, BatchIdentity, CollectionFallback, Series, StoredBar } from '@quantumtrade/shared-types';

/** How long a fallback may take, in milliseconds: it answers from memory or from a cache near by. */
const patienceMs = 500;

/** A reason that is there already: an error of its own, with its stack, for each end of a wait would cost more than the wait. */
const noLonger = 'no longer waited for';

export interface GuardedFallbackDependencies {
  readonly fallback: CollectionFallback;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
}

/** A fallback whose failures and delays are no failures of a collection: they are logged, and nothing is known. */
export class GuardedFallback implements CollectionFallback {
  readonly #dependencies: GuardedFallbackDependencies;

  constructor(dependencies: GuardedFallbackDependencies) {
    this.#dependencies = dependencies;
  }

  async remember(batch: BarBatch, identity: BatchIdentity): Promise<void> {
    const { fallback } = this.#dependencies;
    await this.#guard('recent bars could not be cached', batch.series, () => fallback.remember(batch, identity));
  }

  async recall(series: Series): Promise<readonly StoredBar[]> {
    const { fallback } = this.#dependencies;
    return (await this.#guard('the fallback failed', series, () => fallback.recall(series))) ?? [];
  }

  async #guard<T>(message: string, { symbol }: Series, work: () => Promise<T>): Promise<T | undefined> {
    const { clock, monitoring } = this.#dependencies;
    const done = new AbortController();
    const tooLong = clock.sleep(patienceMs, done.signal).then(() => {
      throw new Error(`no answer within ${patienceMs} ms`);
    });
    try {
      return await Promise.race([Promise.resolve().then(work), tooLong]);
    } catch (error) {
      monitoring.logWarn(message, { error, symbol });
      return undefined;
    } finally {
      done.abort(noLonger);
    }
  }
}
