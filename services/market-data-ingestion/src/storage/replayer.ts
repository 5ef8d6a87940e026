import {
  type Clock,
  isServiceError,
  type MonitoringProvider,
  ServiceError,
  toServiceError,
} from '@quantumtrade/core-traits';
import type { BatchSpool, SpoolEntry } from '@quantumtrade/shared-types';
import { collectionInstruments } from '../instruments.ts';
import { type BatchWriter, refusedByStore, type WriteOutcome } from './batch-writer.ts';
import type { CollectionJournal } from './collection-journal.ts';
import { spoolInstruments as instruments } from './instruments.ts';
import type { SpoolWatch } from './spool-watch.ts';
import { isRefusal } from './store-bars.ts';

export interface ReplaySettings {
  /** How long to wait after a failed try, in milliseconds; it doubles with each further one … */
  readonly probeMs: number;
  /** … up to this. */
  readonly maxProbeMs: number;
  /** How many batches are replayed in a second at most. */
  readonly batchesPerSecond: number;
}

export interface ReplayerDependencies {
  readonly spool: BatchSpool;
  readonly writer: BatchWriter;
  readonly watch: SpoolWatch;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  readonly settings: ReplaySettings;
  readonly journal: Pick<CollectionJournal, 'take' | 'flush'>;
}

/** How long the store may take for one batch before it counts as away, in milliseconds. */
const answerMs = 10_000;

/**
 * Gives what waits in the spool to the store, in order, from the moment it is started. An entry is removed after the
 * store has answered, and its identity makes a repetition add nothing, so a crash at any point loses and doubles nothing.
 */
export class Replayer {
  readonly #dependencies: ReplayerDependencies;
  /** Entries whose every row was refused, with the number of batches that the store had taken by then. */
  readonly #refused: Map<number, number> = new Map();
  readonly #reported: Set<number> = new Set();
  #running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  constructor(dependencies: ReplayerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Begins with what an earlier process left. Calling it again while running does nothing. */
  start(): void {
    if (this.#running !== undefined) return;
    const stop = new AbortController();
    this.#running = { stop, done: this.#run(stop.signal) };
  }

  /** Ends after the batch under way. What waits stays for the next start. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.stop.abort();
    await running?.done;
  }

  /** Says that something waits. */
  wake(): void {
    this.#wake.resolve();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { settings, clock, watch, monitoring } = this.#dependencies;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    let delay = settings.probeMs;
    let complained = false;
    while (!signal.aborted) {
      let left: number;
      try {
        this.#wake = Promise.withResolvers<void>();
        const progress = await this.replayOnce(signal);
        left = await watch.measure();
        if (progress > 0) delay = settings.probeMs;
        if (left === 0) watch.empty();
        complained = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!complained) monitoring.logError('the spool cannot be read: its replay is tried again', { error });
        complained = true;
        left = 1;
      }
      // With nothing waiting there is nothing to poll: who appends wakes this.
      if (left === 0) await Promise.race([this.#wake.promise, aborted]);
      else {
        await clock.sleep(delay, signal).catch(() => {});
        delay = Math.min(delay * 2, settings.maxProbeMs);
      }
    }
  }

  /**
   * Goes through the spool once, oldest first, and says how many batches were stored. A batch that the store refuses holds
   * up its own series only; a store that is away ends the round.
   *
   * @throws ServiceError of kind `database` when the spool itself fails.
   */
  async replayOnce(signal?: AbortSignal): Promise<number> {
    const { spool, watch, clock, settings } = this.#dependencies;
    if (!(await spool.claimReplay())) return 0;
    const held = new Set<string>();
    let replayed = 0;
    for (let entry = await spool.peek(); entry !== undefined; entry = await spool.peek(entry.id)) {
      if (signal?.aborted) break;
      watch.waiting();
      const { symbol, interval, source, adjustment } = entry.accepted.series;
      const key = JSON.stringify([symbol, interval, source, adjustment]);
      if (held.has(key)) continue;
      const began = clock.monotonic();
      const outcome = await this.#replay(entry, signal);
      if (outcome === 'away') break;
      if (outcome === 'refused') {
        held.add(key);
        continue;
      }
      await spool.remove(entry.id);
      await this.#record(entry, outcome);
      replayed += 1;
      const pause = 1000 / settings.batchesPerSecond - (clock.monotonic() - began);
      if (pause > 0 && (await spool.peek(entry.id)) !== undefined) await clock.sleep(pause, signal).catch(() => {});
    }
    return replayed;
  }

  async #replay(entry: SpoolEntry, signal?: AbortSignal): Promise<WriteOutcome | 'away' | 'refused'> {
    const { writer, monitoring } = this.#dependencies;
    const takenBefore = this.#refused.get(entry.id);
    const storeIsKnownToWork = takenBefore !== undefined && writer.taken > takenBefore;
    try {
      return await this.#inTime((inTime) => writer.write(entry, { signal: inTime, storeIsKnownToWork }), signal);
    } catch (cause) {
      if (signal?.aborted) return 'away';
      const error = toServiceError(cause);
      const { interval, symbol } = entry.accepted.series;
      monitoring.recordCounter(instruments.replayFailures, 1, { interval });
      if (isRefusal(error) && takenBefore === undefined) this.#refused.set(entry.id, writer.taken);
      if (isServiceError(cause) && error.kind === 'database' && !isRefusal(error)) return 'away';
      if (!this.#reported.has(entry.id)) {
        this.#reported.add(entry.id);
        const { batchId } = entry.identity;
        monitoring.logError('a batch in the spool is refused and holds up its series', { error, symbol, batchId });
      }
      return 'refused';
    }
  }

  /** Waits for the store no longer than is reasonable; what it has begun may still finish, and is repeated harmlessly. */
  async #inTime<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { clock } = this.#dependencies;
    const [finished, late] = [new AbortController(), new AbortController()];
    const giveUp = clock.sleep(answerMs, finished.signal).then(() => {
      late.abort(noAnswer());
      throw noAnswer();
    });
    giveUp.catch(() => {});
    try {
      const either = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
      return await Promise.race([work(either), giveUp]);
    } finally {
      finished.abort();
    }
  }

  async #record({ id, accepted, quarantined, record }: SpoolEntry, outcome: WriteOutcome): Promise<void> {
    const { monitoring, watch, journal, clock } = this.#dependencies;
    const labels = { interval: accepted.series.interval };
    this.#refused.delete(id);
    this.#reported.delete(id);
    watch.replayed();
    monitoring.recordCounter(instruments.replayed, 1, labels);
    monitoring.recordCounter(collectionInstruments.storedPoints, outcome.stored, labels);
    monitoring.recordCounter(collectionInstruments.unchangedPoints, outcome.unchanged, labels);
    monitoring.recordCounter(collectionInstruments.quarantined, outcome.refused, labels);
    monitoring.recordCounter(collectionInstruments.brokenRules, outcome.refused, { rule: refusedByStore });
    if (record === undefined) return;
    const { stored, unchanged, refused } = outcome;
    const counts = { stored, unchanged, quarantined: quarantined.length + refused, spooled: 0 };
    journal.take({ ...record, ...counts, outcome: 'stored', recordedAt: clock.now() });
    await journal.flush();
  }
}

function noAnswer(): ServiceError {
  return new ServiceError({
    kind: 'database',
    reason: 'unavailable',
    message: `the store did not answer within ${answerMs / 1000} s: look at its health`,
  });
}
