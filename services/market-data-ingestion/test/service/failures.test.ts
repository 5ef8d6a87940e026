import { FakeCollector, InMemoryMarketDataStore, InMemorySpool } from '@quantumtrade/core-testing';
import { type ErrorDecision, ServiceError } from '@quantumtrade/core-traits';
import type {
  BarBatch,
  BatchIdentity,
  InsertOutcome,
  QuarantinedBar,
  RawBars,
  Series,
  StoreOptions,
} from '@quantumtrade/shared-types';
import { describe, expect, it, vi } from 'vitest';
import { accountedFor, judged, payload, rejectionOf, series, startedService } from './service-with-doubles.ts';

const outage = new ServiceError({ kind: 'externalApi', api: 'fake', reason: 'outage', message: 'the vendor is away' });
const storeAway = new ServiceError({ kind: 'database', reason: 'storeUnavailable', message: 'the store is away' });

const retryIn = (delayMs: number, maxAttempts = 3): ErrorDecision => ({ action: 'retry', delayMs, maxAttempts });
const useCache = (): ErrorDecision => ({ action: 'useCache' });
const useDefault = (): ErrorDecision => ({ action: 'useDefault' });

/** Never answers, and takes no notice of the signal. */
class DeafCollector extends FakeCollector {
  override fetchBars(): Promise<RawBars> {
    return Promise.withResolvers<RawBars>().promise;
  }
}

/** Fails on chosen calls and keeps the identities that it saw. */
class FlakyStore extends InMemoryMarketDataStore {
  readonly identities: BatchIdentity[] = [];
  failBars = 0;
  failAnswers = 0;
  failQuarantine = 0;

  override async insertMarketData(
    batch: BarBatch,
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<InsertOutcome> {
    this.identities.push(identity);
    if (this.failBars-- > 0) throw storeAway;
    const outcome = await super.insertMarketData(batch, identity, options);
    if (this.failAnswers-- > 0) throw storeAway;
    return outcome;
  }

  override async insertQuarantine(
    of: Series,
    rows: readonly QuarantinedBar[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void> {
    if (this.failQuarantine-- > 0) throw storeAway;
    await super.insertQuarantine(of, rows, identity, options);
  }
}

describe('a fetch that fails', () => {
  it('is tried again after exactly the delays that the error handler names', async () => {
    const times: number[] = [];
    const answers: (RawBars | Error)[] = [outage, outage, payload];
    const { service, clock, errorHandler } = await startedService({
      answers: () => {
        times.push(clock.monotonic());
        return answers.shift() as RawBars | Error;
      },
      decide: (_, { attempt }) => retryIn(attempt * 2000),
    });
    const pending = service.collectSymbolData('IBM', 'daily');
    await clock.advance(10_000);
    const result = await pending;
    expect(times).toEqual([0, 2000, 6000]);
    expect(result).toMatchObject({ source: 'fake', stored: 3, processingDurationMs: 6000 });
    expect(result).not.toHaveProperty('error');
    expect(errorHandler.handled.map(({ context }) => context)).toMatchObject([
      { service: 'ingestion', operation: 'fetch', attempt: 1, timestamp: result.collectionTime },
      { service: 'ingestion', operation: 'fetch', attempt: 2, timestamp: result.collectionTime + 2000 },
    ]);
    expect(errorHandler.handled[0]?.context.metadata).toEqual({
      symbol: 'IBM',
      interval: 'daily',
      batchId: result.batchId,
    });
  });

  it('tells the collector after each wait how much time is left', async () => {
    const patience: (number | undefined)[] = [];
    const { service, clock } = await startedService({
      answers: (_, { patienceMs }) => {
        patience.push(patienceMs);
        return patience.length === 1 ? outage : payload;
      },
      decide: () => retryIn(45_000),
    });
    const pending = service.collectSymbolData('IBM', 'daily');
    await clock.advance(45_000);
    await pending;
    expect(patience).toEqual([60_000, 15_000]);
  });

  it('rejects with the error itself when the error handler gives up', async () => {
    const { service, store } = await startedService({ answers: [outage] });
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toBe(outage);
    expect(await store.getStoredBars(series)).toEqual([]);
  });

  it('makes a system error of whatever a collector of a host throws', async () => {
    const { service, errorHandler } = await startedService({ answers: [new TypeError('x is not a function')] });
    const error = await rejectionOf(service.collectSymbolData('IBM', 'daily'));
    expect(error).toMatchObject({ name: 'ServiceError', kind: 'system', message: 'x is not a function' });
    expect(errorHandler.handled.map((entry) => entry.error)).toEqual([error]);
  });

  it.each([60_000, 86_400_000])(
    'is given up at once when the wait of %d ms would outlast the deadline',
    async (delay) => {
      const limited = new ServiceError({
        kind: 'rateLimit',
        service: 'fake',
        reason: 'minuteQuota',
        retryAfterMs: delay,
        message: 'wait',
      });
      const { service, clock, collector } = await startedService({
        answers: [limited],
        decide: () => retryIn(delay),
      });
      const sleep = vi.spyOn(clock, 'sleep');
      expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toBe(limited);
      expect(limited.retryAfterMs).toBe(delay);
      expect(sleep.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([60_000]); // the deadline's own
      expect(collector.requests).toHaveLength(1);
      expect([clock.monotonic(), clock.sleepers]).toEqual([0, 0]);
    },
  );
});

describe('the deadline', () => {
  it.each([
    ['a fetch that hangs', undefined],
    ['a fetch that hangs and ignores its signal', new DeafCollector()],
  ])('ends %s after 60 seconds', async (_, collector) => {
    let settled = false;
    const { service, clock, errorHandler } = await startedService({
      ...(collector === undefined ? { answers: () => new Promise<RawBars>(() => {}) } : { collector }),
      decide: () => retryIn(0),
    });
    const failure = rejectionOf(service.collectSymbolData('IBM', 'daily')).finally(() => {
      settled = true;
    });
    await clock.advance(59_999);
    expect(settled).toBe(false);
    await clock.advance(1);
    expect(settled).toBe(true);
    expect(await failure).toMatchObject({
      kind: 'externalApi',
      reason: 'outage',
      retryable: true,
      message: expect.stringContaining('60 s'),
    });
    expect(errorHandler.handled).toHaveLength(1);
  });

  it('counts the tries together', async () => {
    const { service, clock, collector } = await startedService({
      answers: [outage, outage, outage, payload],
      decide: () => retryIn(25_000, 10),
    });
    const failure = rejectionOf(service.collectSymbolData('IBM', 'daily'));
    await clock.advance(60_000);
    expect(await failure).toBe(outage);
    expect(collector.requests).toHaveLength(3);
  });
});

describe('a caller that gives up', () => {
  const reason = new Error('the user pressed Ctrl-C');

  it.each([
    ['while the vendor is asked', { answers: () => new Promise<RawBars>(() => {}) }],
    ['while a retry is waited for', { answers: [outage], decide: () => retryIn(30_000) }],
  ])('gets its own reason %s', async (_, options) => {
    const caller = new AbortController();
    const { service, clock, errorHandler } = await startedService(options);
    const failure = rejectionOf(service.collectSymbolData('IBM', 'daily', { signal: caller.signal }));
    await clock.advance(1000);
    const handledBefore = errorHandler.handled.length;
    caller.abort(reason);
    expect(await failure).toBe(reason);
    expect(errorHandler.handled).toHaveLength(handledBefore);
    expect(errorHandler.reported.map(({ error }) => error)).not.toContainEqual(
      expect.objectContaining({ message: reason.message }),
    );
    expect(clock.sleepers).toBe(0);
  });

  it('before the call costs no request', async () => {
    const { service, collector, errorHandler } = await startedService();
    const signal = AbortSignal.abort(reason);
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily', { signal }))).toBe(reason);
    expect(collector.requests).toEqual([]);
    expect(errorHandler.reported).toEqual([]);
  });
});

describe('a store that fails', () => {
  it.each([
    ['before it stored anything', { failBars: 1 }],
    ['after it stored the bars, before it said so', { failAnswers: 1 }],
    ['between the bars and the rejected rows', { failQuarantine: 1 }],
  ])('%s is asked again with the same batch and stores it once', async (_, failures) => {
    const store = Object.assign(new FlakyStore(), failures);
    const { service, clock, collector, errorHandler } = await startedService({ store, decide: () => retryIn(3000) });
    const pending = service.collectSymbolData('IBM', 'daily');
    await clock.advance(3000);
    const result = await pending;
    expect(result).toMatchObject({ collectedCount: 5, stored: 3, unchanged: 0, duplicates: 1, quarantined: 1 });
    expect(accountedFor(result)).toBe(5);
    const identity = { batchId: result.batchId, acceptedAt: result.collectionTime };
    expect(store.identities).toEqual([identity, identity]);
    expect(errorHandler.handled).toMatchObject([{ error: storeAway, context: { operation: 'store', attempt: 1 } }]);
    expect(collector.requests).toHaveLength(1);
    for (const { openTime } of await store.getStoredBars(series)) {
      expect(store.versions(series, openTime)).toHaveLength(1);
    }
    expect(await store.getQuarantine()).toHaveLength(1);
  });

  it('fails the collection when the spool refuses the batch too, and remembers nothing', async () => {
    const store = Object.assign(new FlakyStore(), { failBars: 1 });
    const spool = new InMemorySpool({ maxBytes: 1 });
    const { service, fallback, monitoring } = await startedService({ store, spool });
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toMatchObject({
      kind: 'database',
      reason: 'spoolFull',
      retryable: true,
      message: expect.stringContaining(storeAway.message),
      cause: storeAway,
    });
    expect(fallback.remembered).toEqual([]);
    expect(monitoring.counter('data_collection_failures_total', { kind: 'database' })).toBe(1);
    expect(monitoring.counter('data_points_stored_total')).toBe(0);
  });

  it('fails the collection when it says that the batch does not belong there, and spools nothing', async () => {
    const mix = new ServiceError({ kind: 'configuration', reason: 'barLabelMix', message: 'labelled by their end' });
    const store = new FlakyStore();
    store.insertMarketData = () => Promise.reject(mix);
    const { service, spool } = await startedService({ store });
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toBe(mix);
    expect((await spool.stats()).entries).toBe(0);
  });
});

describe('a processor that throws', () => {
  it('goes through the error handler like any other step, and stores nothing', async () => {
    const { service, store, errorHandler } = await startedService({
      processor: {
        process: () => {
          throw new RangeError('row 7 is outside the column');
        },
      },
    });
    const error = await rejectionOf(service.collectSymbolData('IBM', 'daily'));
    expect(error).toMatchObject({ kind: 'system', message: 'row 7 is outside the column' });
    expect(errorHandler.handled).toMatchObject([{ error, context: { operation: 'process', attempt: 1 } }]);
    expect(await store.getStoredBars(series)).toEqual([]);
  });

  it('is tried again on the same payload when the error handler says so', async () => {
    let tries = 0;
    const { service, clock, collector } = await startedService({
      processor: {
        process: () => {
          tries++;
          if (tries === 1) throw new Error('once');
          return judged;
        },
      },
      decide: () => retryIn(100),
    });
    const pending = service.collectSymbolData('IBM', 'daily');
    await clock.advance(100);
    expect(await pending).toMatchObject({ stored: 3 });
    expect(collector.requests).toHaveLength(1);
  });
});

describe('what stands in for data', () => {
  it('is the cache where the error handler chooses it and it has something', async () => {
    const { service, fallback, monitoring } = await startedService({
      answers: [payload, outage],
      decide: useCache,
    });
    await service.collectSymbolData('IBM', 'daily');
    const result = await service.collectSymbolData('IBM', 'daily');
    expect(result).toMatchObject({
      source: 'cache',
      collectedCount: 0,
      processedCount: 0,
      cachedCount: 3,
      qualityScore: 80,
      error: outage,
    });
    expect(accountedFor(result)).toBe(0);
    expect(fallback.recalled).toEqual([series]);
    expect(monitoring.counter('data_collection_failures_total')).toBe(0);
  });

  it('is asked for adjusted bars when those were wanted', async () => {
    const { service, fallback } = await startedService({ answers: [outage], decide: useCache });
    await rejectionOf(service.collectSymbolData('IBM', 'daily', { adjusted: true }));
    expect(fallback.recalled).toEqual([{ ...series, adjustment: 'adjusted' }]);
  });

  it('is the error itself when the cache has nothing', async () => {
    const { service } = await startedService({ answers: [outage], decide: useCache });
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toBe(outage);
  });

  it('is the first error and not the failure of the cache when that fails too', async () => {
    const { service, fallback, monitoring } = await startedService({ answers: [outage], decide: useCache });
    fallback.failWith(new Error('connection refused'));
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toBe(outage);
    expect(monitoring.logs('warn')).toMatchObject([{ context: { symbol: 'IBM' } }]);
  });

  it('is the cache also where the processor failed', async () => {
    let fail = false;
    const processor = {
      process: () => {
        if (fail) throw new RangeError('row 7 is outside the column');
        return judged;
      },
    };
    const { service } = await startedService({ processor, decide: useCache });
    await service.collectSymbolData('IBM', 'daily');
    fail = true;
    const result = await service.collectSymbolData('IBM', 'daily');
    expect(result).toMatchObject({ source: 'cache', cachedCount: 3, collectedCount: 0, error: { kind: 'system' } });
    expect(accountedFor(result)).toBe(0);
  });

  it('is nothing at all, scored 0, where the error handler chooses the default', async () => {
    const { service, fallback } = await startedService({ answers: [outage], decide: useDefault });
    const result = await service.collectSymbolData('IBM', 'daily');
    expect(result).toMatchObject({ source: 'none', collectedCount: 0, cachedCount: 0, qualityScore: 0, error: outage });
    expect(accountedFor(result)).toBe(0);
    expect(fallback.recalled).toEqual([]);
  });
});

describe('a store that makes trouble of a hint', () => {
  it.each<[string, () => void]>([
    [
      'by throwing',
      () => {
        throw storeAway;
      },
    ],
    ['by a promise that rejects', () => Promise.reject(storeAway)],
  ])('%s is stored into all the same', async (_, announce) => {
    const store = Object.assign(new InMemoryMarketDataStore(), { announce: vi.fn(announce) });
    const { service } = await startedService({ store });
    expect(await service.collectSymbolData('IBM', 'daily')).toMatchObject({
      stored: judged.accepted.length,
      spooled: 0,
    });
    expect(store.announce).toHaveBeenCalledWith(series, expect.anything());
  });
});
