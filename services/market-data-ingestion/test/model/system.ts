import { barBatch, RecordingMonitoring, ScriptedErrorHandler, VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { BatchSpool, MarketDataStore, Series, StoredBar } from '@quantumtrade/shared-types';
import { Attempts } from '../../src/collection/attempts.ts';
import { Deadline } from '../../src/collection/deadline.ts';
import { BatchKeeper } from '../../src/storage/batch-keeper.ts';
import { BatchWriter } from '../../src/storage/batch-writer.ts';
import { Replayer } from '../../src/storage/replayer.ts';
import { SpoolWatch } from '../../src/storage/spool-watch.ts';
import type { ModelBatch, ModelOutcome, Weather } from './reference-model.ts';

/** How a system under test is made. */
export interface Parts {
  readonly store: MarketDataStore;
  /** Open. */
  readonly spool: BatchSpool;
  /** Closes the spool and opens it again, as the next process does. */
  readonly reopen: () => Promise<BatchSpool>;
  /** Makes symbols that no other run uses. */
  readonly prefix: string;
  /**
   * Whether the store knows a repeated batch also when it had stored no row of it and a newer batch came since. Nothing
   * repeats such a batch: retries and replays come before the next batch of their series.
   */
  readonly knowsOldBatches: boolean;
}

const dayMs = 86_400_000;
/** The model is about bars; nobody reads its records. */
const journal = { take: (): void => {}, flush: async (): Promise<void> => {} };
const replay = { probeMs: 5000, maxProbeMs: 15_000, batchesPerSecond: Number.POSITIVE_INFINITY };

/** Storage, spool and replay as the service has them, over real or fake parts, with faults on demand. */
export class SystemUnderTest {
  weather: Weather = 'works';
  readonly #parts: Parts;
  readonly #clock: VirtualClock = new VirtualClock();
  #spool: BatchSpool;
  #crashBeforeRemoval = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#spool = parts.spool;
  }

  get knowsOldBatches(): boolean {
    return this.#parts.knowsOldBatches;
  }

  async keep(batch: ModelBatch): Promise<ModelOutcome> {
    const { batchId, acceptedAt, closes, rejected } = batch;
    const clock = this.#clock;
    const keeper = new BatchKeeper({
      databaseManager: { clickhouse: this.#store(), spool: this.#spool },
      attempts: new Attempts({ serviceName: 'model', errorHandler: new ScriptedErrorHandler(), clock }),
      clock,
      monitoring: new RecordingMonitoring(),
      replay,
      journal,
    });
    const accepted = barBatch({
      ...this.seriesOf(batch.symbol),
      rows: [...closes].map(([day, close]) => ({ openTime: day * dayMs, close })),
    });
    const values = { close: 'none' };
    const quarantined =
      rejected === undefined ? [] : [{ label: rejected, values, qualityScore: 10, brokenRules: ['model'] }];
    const deadline = new Deadline({ clock, milliseconds: 1000 });
    try {
      const processed = { accepted, quarantined };
      const kept = await keeper.keep({ ...processed, identity: { batchId, acceptedAt } }, deadline);
      if ('error' in kept) throw kept.error;
      const { stored, unchanged, spooled, quarantined: rows } = kept.value;
      if (stored + unchanged + spooled + rows !== closes.size + quarantined.length)
        throw new Error('the law is broken');
      return { stored, unchanged, spooled };
    } finally {
      deadline.finish();
    }
  }

  /** One round of the replay by a process that begins now. */
  async replay(crash = false): Promise<void> {
    const spool = this.#spool;
    this.#crashBeforeRemoval = crash;
    const parts = { spool: this.#removing(spool), clock: this.#clock, monitoring: new RecordingMonitoring() };
    const writer = new BatchWriter({ store: this.#store() });
    const replayer = new Replayer({ ...parts, writer, watch: new SpoolWatch(parts), settings: replay, journal });
    await replayer.replayOnce().catch((error: unknown) => {
      if (!crash) throw error;
    });
    if (crash) await this.crash();
  }

  /** Everything in memory is gone; the next process opens what is there. */
  async crash(): Promise<void> {
    this.#spool = await this.#parts.reopen();
  }

  async waiting(): Promise<number> {
    return (await this.#spool.stats()).entries;
  }

  /** The bars as they were known at an instant. */
  async asOf(symbol: string, instant: number): Promise<readonly StoredBar[]> {
    return await this.#parts.store.getStoredBars({ ...this.seriesOf(symbol), asOf: instant });
  }

  async rejected(symbol: string): Promise<readonly string[]> {
    const rows = await this.#parts.store.getQuarantine({ symbol: this.seriesOf(symbol).symbol });
    return rows.map(({ label }) => label);
  }

  seriesOf(symbol: string): Series {
    return { symbol: `${this.#parts.prefix}${symbol}`, interval: 'daily', source: 'model', adjustment: 'raw' };
  }

  #store(): MarketDataStore {
    const { store } = this.#parts;
    const fail = (): never => {
      throw new ServiceError({ kind: 'database', reason: 'unavailable', message: 'the model says so' });
    };
    return {
      insertMarketData: async (...call) => {
        if (this.weather === 'fails before') fail();
        const outcome = await store.insertMarketData(...call);
        return this.weather === 'fails after' ? fail() : outcome;
      },
      insertQuarantine: (...call) => store.insertQuarantine(...call),
      getMarketData: (...call) => store.getMarketData(...call),
      getStoredBars: (...call) => store.getStoredBars(...call),
      getBarTexts: (...call) => store.getBarTexts(...call),
      getQuarantine: (...call) => store.getQuarantine(...call),
      getBarHistory: (...call) => store.getBarHistory(...call),
      insertCollection: (...call) => store.insertCollection(...call),
      getCollections: (...call) => store.getCollections(...call),
    };
  }

  #removing(spool: BatchSpool): Pick<BatchSpool, 'claimReplay' | 'peek' | 'remove'> & BatchSpool {
    return {
      open: () => spool.open(),
      append: (batch) => spool.append(batch),
      peek: (afterId) => spool.peek(afterId),
      remove: async (id) => {
        if (this.#crashBeforeRemoval) throw new Error('the process ends here');
        await spool.remove(id);
      },
      isWaiting: (series) => spool.isWaiting(series),
      claimReplay: () => spool.claimReplay(),
      stats: () => spool.stats(),
      damaged: () => spool.damaged(),
      close: () => spool.close(),
    };
  }
}
