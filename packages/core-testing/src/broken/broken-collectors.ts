import { ServiceError } from '@quantumtrade/core-traits';
import type { BarRequest, CollectorCapabilities, MarketDataCollector, RawBars } from '@quantumtrade/shared-types';
import { FakeCollector } from '../market-data/fake-collector.ts';
import { rawBars } from '../market-data/raw-bars-builder.ts';
import type { CollectorSuiteFactory } from '../suites/collector-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

/** What the fake vendor offers: stocks alone, so that there is something to refuse. */
const fakeVendorCapabilities: CollectorCapabilities = {
  assets: {
    stock: {
      intervals: ['5min', 'daily'],
      adjusted: { intraday: 'none', daily: 'adjustedClose' },
      months: false,
      ranges: false,
      volume: true,
      corporateActions: ['dividend'],
    },
  },
};

const requests = {
  answered: [
    { symbol: 'IBM', interval: 'daily', adjusted: false },
    { symbol: 'AAPL', interval: '5min', adjusted: false },
    { symbol: 'MSFT', interval: 'daily', adjusted: true },
  ],
  notOffered: { symbol: 'EUR/USD', interval: 'daily', adjusted: false },
  unknownSymbol: 'NOBODY',
} as const satisfies Partial<CollectorSuiteFactory>;

/** A {@link FakeCollector} before a vendor that has bars of everything, for {@link CollectorSuiteFactory}. */
export const fakeCollectorFactory: CollectorSuiteFactory = { ...requests, create: async () => fakeVendor() };

function fakeVendor(): Awaited<ReturnType<CollectorSuiteFactory['create']>> & { readonly subject: FakeCollector } {
  let failing = 0;
  const subject = new FakeCollector({
    capabilities: fakeVendorCapabilities,
    answers: (request) => {
      if (failing > 0) {
        failing--;
        return outage();
      }
      if (request.symbol === requests.unknownSymbol) {
        return new ServiceError({ kind: 'dataQuality', reason: 'noData', qualityScore: 0, message: 'no bars' });
      }
      return barsOf(request);
    },
  });
  return {
    subject,
    requestCount: () => subject.requests.length,
    failNext: () => {
      failing++;
    },
  };
}

function outage(): ServiceError {
  return new ServiceError({ kind: 'externalApi', api: 'fake', reason: 'outage', retryable: true, message: 'down' });
}

function barsOf({ symbol, interval, adjusted }: BarRequest): RawBars {
  const prices = { open: '1', high: '2', low: '0.5', close: '1.5', volume: String(symbol.length) };
  const labels = interval === 'daily' ? ['2024-01-03', '2024-01-02'] : ['2024-01-02 09:35:00', '2024-01-02 09:30:00'];
  const rows = labels.map((label) => ({ label, ...prices }));
  return rawBars({ symbol, interval, adjustment: adjusted ? 'adjusted' : 'raw', rows });
}

type Break = (sound: FakeCollector, vendor: ReturnType<typeof fakeVendor>) => Partial<MarketDataCollector>;

/** Changes the bars that the sound collector gives. */
const changed =
  (change: (bars: RawBars) => RawBars): Break =>
  (sound) => ({ fetchBars: async (request, options) => change(await sound.fetchBars(request, options)) });

const noColumn = { starts: new Uint32Array(0), ends: new Uint32Array(0) };

const actionLaw =
  'gives dividends and splits under their own names, in words, where it offers them, and refuses them where not';

/** Collectors that break a law of the collector suite each. */
export const brokenCollectors: readonly BrokenImplementation<CollectorSuiteFactory>[] = [
  broken('has a name for people as its source', 'names its source by a word that a store can keep', () => ({
    source: 'The Vendor!',
  })),
  broken('offers intervals that nobody knows', 'says what it offers as plain data that stays the same', () => ({
    capabilities: {
      assets: { stock: { ...fakeVendorCapabilities.assets.stock, intervals: ['2min'] } },
    } as unknown as CollectorCapabilities,
  })),
  broken('learns to offer less', 'says what it offers as plain data that stays the same', (sound) => {
    let capabilities: CollectorCapabilities = fakeVendorCapabilities;
    return {
      get capabilities() {
        return capabilities;
      },
      fetchBars: (request, options) => {
        capabilities = { assets: {} };
        return sound.fetchBars(request, options);
      },
    };
  }),
  broken('takes adjusted bars for raw ones', 'gives the bars that were asked for, under their own series', (sound) => ({
    fetchBars: (request, options) => sound.fetchBars({ ...request, adjusted: false }, options),
  })),
  broken(
    'gives no bars without an error',
    'gives the bars that were asked for, under their own series',
    changed((bars) => ({ ...bars, length: 0, label: noColumn, values: {} })),
  ),
  broken(
    'points beyond its bytes',
    'gives columns of one length that stand in the bytes they point into, with four prices a bar',
    changed((bars) => ({ ...bars, text: bars.text.subarray(0, 10) })),
  ),
  broken(
    'leaves out the close',
    'gives columns of one length that stand in the bytes they point into, with four prices a bar',
    changed((bars) => ({ ...bars, values: { ...bars.values, close: undefined } }) as unknown as RawBars),
  ),
  broken(
    'names a zone that is none',
    'labels bars by a date or a local time, in a zone that is known',
    changed((bars) => ({ ...bars, timeZone: 'Wall Street' })),
  ),
  broken(
    'labels bars by seconds since 1970',
    'labels bars by a date or a local time, in a zone that is known',
    changed(({ series, length }) =>
      rawBars({
        ...series,
        rows: Array.from({ length }, (_, row) => ({ ...seconds, label: `${1_704_205_800 + row}` })),
      }),
    ),
  ),
  broken('answers for splits that it does not offer', actionLaw, (sound) => ({
    fetchCorporateActions: async ({ symbol, kind }) => ({ symbol, kind, source: sound.source, rows: [] }),
  })),
  broken('answers with the dividends of another', actionLaw, (sound) => ({
    fetchCorporateActions: async (request, options) => ({
      ...(await sound.fetchCorporateActions(request, options)),
      symbol: 'ZZZZ',
    }),
  })),
  broken('answers with the bars of its last request', 'keeps requests that run side by side apart', (sound) => {
    let last: BarRequest | undefined;
    return {
      fetchBars: async (request, options) => {
        last = request;
        await Promise.resolve();
        return sound.fetchBars(last, options);
      },
    };
  }),
  broken('asks for any symbol', 'refuses a symbol that is none, and asks nobody', (sound) => ({
    fetchBars: (request, options) => sound.fetchBars({ ...request, symbol: 'IBM' }, options),
  })),
  broken('asks for what it does not offer', 'refuses what it does not offer, and asks nobody', (sound) => ({
    fetchBars: (request, options) =>
      sound.fetchBars(request.symbol.includes('/') ? { ...request, symbol: 'IBM' } : request, options),
  })),
  broken(
    'throws errors of its own',
    'rejects with a ServiceError that has a reason where the vendor has no bars',
    (sound) => ({
      fetchBars: (request, options) =>
        sound.fetchBars(request, options).catch((error: unknown) => {
          throw new Error(String(error));
        }),
    }),
  ),
  broken('tries again by itself', 'tries a failed request once only: to try again is not its decision', (sound) => ({
    fetchBars: (request, options) => sound.fetchBars(request, options).catch(() => sound.fetchBars(request, options)),
  })),
  broken(
    'looks at its signal too late',
    'ends with the reason of a signal that was aborted before, and asks nobody',
    (sound) => ({
      fetchBars: async (request, options) => {
        const bars = await sound.fetchBars(request);
        options?.signal?.throwIfAborted();
        return bars;
      },
    }),
  ),
  broken('does not hear its signal', 'ends with the reason of a signal that is aborted meanwhile', (sound) => ({
    fetchBars: async (request, options) => {
      options?.signal?.throwIfAborted();
      return await sound.fetchBars(request);
    },
  })),
  broken('asks the vendor how it is', 'is healthy before the first call, and asks nobody about it', (sound) => ({
    health: () => {
      void sound.fetchBars(requests.answered[0]).catch(() => {});
      return sound.health();
    },
  })),
  broken('is always healthy', 'reports by its health how the last calls went', (sound) => ({
    health: () => ({ ...sound.health(), status: 'healthy', message: '' }),
  })),
  broken('blames the vendor for an abort', 'takes no harm from a caller who gave up', (sound) => {
    let failed = false;
    return {
      fetchBars: (request, options) =>
        sound.fetchBars(request, options).catch((error: unknown) => {
          failed = true;
          throw error;
        }),
      health: () => ({ ...sound.health(), ...(failed && { status: 'unhealthy' as const }) }),
    };
  }),
  broken('complains about a second close', 'closes as often as it is told to', (sound) => ({
    close: async () => {
      if (sound.closed) throw new Error('already closed');
      await sound.close();
    },
  })),
];

const seconds = { open: '1', high: '2', low: '0.5', close: '1.5', volume: '3' };

function broken(defect: string, law: string, by: Break): BrokenImplementation<CollectorSuiteFactory> {
  const create: CollectorSuiteFactory['create'] = async () => {
    const vendor = fakeVendor();
    const { subject: sound } = vendor;
    const collector: MarketDataCollector = {
      source: sound.source,
      capabilities: sound.capabilities,
      fetchBars: (request, options) => sound.fetchBars(request, options),
      fetchCorporateActions: (request, options) => sound.fetchCorporateActions(request, options),
      health: () => sound.health(),
      close: () => sound.close(),
    };
    const defects = Object.getOwnPropertyDescriptors(by(sound, vendor));
    return { ...vendor, subject: Object.defineProperties(collector, defects) };
  };
  return { defect, law, factory: { ...requests, create } };
}
