import { inspect } from 'node:util';
import { isServiceError, type ServiceError } from '@quantumtrade/core-traits';
import {
  assetClasses,
  assetClassOf,
  type BarRequest,
  corporateActionKinds,
  intervals,
  intradayMilliseconds,
  type MarketDataCollector,
  type RawBars,
  type TextColumn,
  textAt,
} from '@quantumtrade/shared-types';
import {
  failureOf,
  rejectionOf,
  type SuiteFactory,
  type SuiteSubject,
  settled,
  type TestFunctions,
  using,
} from './suite.ts';

/** A collector in front of a vendor that can be told what to do. */
export interface CollectorSuiteSubject extends SuiteSubject<MarketDataCollector> {
  /** How many requests have reached the vendor; those that were refused count too. */
  requestCount(): number;
  /** Makes the vendor fail its next request as vendors do when they are down. */
  failNext(): void;
}

/** What {@link collectorSuite} needs to test a collector. Each test gets a vendor that has not been asked yet. */
export interface CollectorSuiteFactory extends SuiteFactory<MarketDataCollector> {
  create(): Promise<CollectorSuiteSubject>;
  /** Requests that the vendor has bars for, two of different symbols at least; some intraday, some daily. */
  readonly answered: readonly BarRequest[];
  /** A request that the capabilities rule out; the test is left out where everything is offered. */
  readonly notOffered?: BarRequest | undefined;
  /** A symbol that the vendor has no bars for. */
  readonly unknownSymbol: string;
}

/**
 * What every {@link MarketDataCollector} must do. It runs on a stand-in of the vendor: the vendor's own quota is not for
 * tests.
 */
export function collectorSuite({ describe, it, expect }: TestFunctions, factory: CollectorSuiteFactory): void {
  const { answered, notOffered, unknownSymbol } = factory;
  const first = answered[0] as BarRequest;
  const withConnected =
    (body: (given: CollectorSuiteSubject & { readonly collector: MarketDataCollector }) => Promise<void>) => () =>
      using(factory.create(), async (given) => {
        await given.subject.connect?.();
        await body({
          subject: given.subject,
          collector: given.subject,
          requestCount: () => given.requestCount(),
          failNext: () => given.failNext(),
        });
      });

  describe('a market-data collector', () => {
    it(
      'names its source by a word that a store can keep',
      withConnected(async ({ collector }) => {
        expect(/^[a-z][a-z0-9_]{0,63}$/.test(collector.source), inspect(collector.source)).toBe(true);
      }),
    );

    it(
      'says what it offers as plain data that stays the same',
      withConnected(async ({ collector }) => {
        const { capabilities } = collector;
        expect(JSON.parse(JSON.stringify(capabilities ?? null))).toEqual(capabilities);
        const before = JSON.stringify(capabilities);
        for (const [asset, offered] of Object.entries(capabilities?.assets ?? {})) {
          expect((assetClasses as readonly string[]).includes(asset), asset).toBe(true);
          expect(
            offered.intervals.filter((interval) => !intervals.includes(interval)),
            asset,
          ).toEqual([]);
        }
        await collector.fetchBars(first);
        expect(JSON.stringify(collector.capabilities)).toBe(before);
      }),
    );

    it(
      'gives the bars that were asked for, under their own series',
      withConnected(async ({ collector }) => {
        for (const request of answered) {
          const { series, length } = await collector.fetchBars(request);
          const { symbol, interval, adjusted } = request;
          const adjustment = adjusted ? 'adjusted' : 'raw';
          expect(series, symbol).toEqual({ symbol, interval, source: collector.source, adjustment });
          expect(length > 0, `${symbol} ${interval} has ${length} bars`).toBe(true);
        }
      }),
    );

    it(
      'gives columns of one length that stand in the bytes they point into, with four prices a bar',
      withConnected(async ({ collector }) => {
        for (const request of answered) {
          const bars = await collector.fetchBars(request);
          for (const [name, column] of columnsOf(bars)) expect(faultIn(bars, column), name).toBe(undefined);
          for (const field of ['open', 'high', 'low', 'close'] as const) {
            const missing = rowsOf(bars).filter((row) => textAt(bars, bars.values[field], row) === undefined);
            expect(missing, `${request.symbol}: rows without ${field}`).toEqual([]);
          }
        }
      }),
    );

    it(
      'labels bars by a date or a local time, in a zone that is known',
      withConnected(async ({ collector }) => {
        for (const request of answered) {
          const bars = await collector.fetchBars(request);
          expect(await failureOf(() => new Intl.DateTimeFormat('en', { timeZone: bars.timeZone }))).toBe(undefined);
          const daily = intradayMilliseconds(request.interval) === undefined;
          const form = daily ? /^\d{4}-\d\d-\d\d$/ : /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$/;
          const labels = rowsOf(bars).map((row) => textAt(bars, bars.label, row) ?? '');
          expect(
            labels.filter((label) => !form.test(label)),
            request.symbol,
          ).toEqual([]);
        }
      }),
    );

    it(
      'keeps requests that run side by side apart',
      withConnected(async ({ collector }) => {
        const bars = await Promise.all(answered.map((request) => collector.fetchBars(request)));
        expect(bars.map(({ series }) => series.symbol)).toEqual(answered.map(({ symbol }) => symbol));
        const alone = await collector.fetchBars(first);
        expect(textsOf(bars[0] as RawBars)).toEqual(textsOf(alone));
      }),
    );

    it(
      'refuses a symbol that is none, and asks nobody',
      withConnected(async ({ collector, requestCount }) => {
        for (const symbol of ['', '../../etc/passwd', 'IBM&apikey=x', 'IBM\r\nX-Header: 1', 'x'.repeat(33)]) {
          const failure = await rejectionOf(collector.fetchBars({ ...first, symbol }));
          expect(errorOf(failure), inspect(symbol)).toEqual({ kind: 'configuration', reason: 'invalidSymbol' });
        }
        expect(requestCount()).toBe(0);
      }),
    );

    if (notOffered !== undefined) {
      it(
        'refuses what it does not offer, and asks nobody',
        withConnected(async ({ collector, requestCount }) => {
          const failure = await rejectionOf(collector.fetchBars(notOffered));
          expect(errorOf(failure)).toEqual({ kind: 'configuration', reason: 'notOffered' });
          expect(requestCount()).toBe(0);
        }),
      );
    }

    it(
      'gives dividends and splits under their own names, in words, where it offers them, and refuses them where not',
      withConnected(async ({ collector, requestCount }) => {
        for (const symbol of new Set(answered.map((request) => request.symbol))) {
          const offered = collector.capabilities?.assets[assetClassOf(symbol)]?.corporateActions ?? [];
          for (const kind of corporateActionKinds) {
            const before = requestCount();
            if (!offered.includes(kind)) {
              const failure = await rejectionOf(Promise.resolve(collector.fetchCorporateActions?.({ symbol, kind })));
              const expected = collector.fetchCorporateActions && { kind: 'configuration', reason: 'notOffered' };
              expect(errorOf(failure), `${symbol} ${kind}`).toEqual(expected);
              expect(requestCount()).toBe(before);
              continue;
            }
            const { rows, ...list } = (await collector.fetchCorporateActions?.({ symbol, kind })) ?? { rows: [] };
            expect(list).toEqual({ symbol, kind, source: collector.source });
            expect(rows.every((row) => Object.values(row).every((text) => typeof text === 'string'))).toBe(true);
          }
        }
      }),
    );

    it(
      'rejects with a ServiceError that has a reason where the vendor has no bars',
      withConnected(async ({ collector }) => {
        const failure = await rejectionOf(collector.fetchBars({ ...first, symbol: unknownSymbol }));
        const { kind, reason } = errorOf(failure) ?? {};
        expect(kind === 'externalApi' || kind === 'dataQuality', `${inspect(failure)}`).toBe(true);
        expect(typeof reason).toBe('string');
      }),
    );

    it(
      'tries a failed request once only: to try again is not its decision',
      withConnected(async ({ collector, requestCount, failNext }) => {
        failNext();
        const failure = await rejectionOf(collector.fetchBars(first));
        expect(isServiceError(failure) && failure.retryable, inspect(failure)).toBe(true);
        expect(requestCount()).toBe(1);
      }),
    );

    it(
      'ends with the reason of a signal that was aborted before, and asks nobody',
      withConnected(async ({ collector, requestCount }) => {
        const reason = new Error('enough');
        expect(await rejectionOf(collector.fetchBars(first, { signal: AbortSignal.abort(reason) }))).toBe(reason);
        expect(requestCount()).toBe(0);
      }),
    );

    it(
      'ends with the reason of a signal that is aborted meanwhile',
      withConnected(async ({ collector }) => {
        const caller = new AbortController();
        const reason = new Error('enough');
        const fetching = rejectionOf(collector.fetchBars(first, { signal: caller.signal }));
        caller.abort(reason);
        expect(await settled(fetching, 'the call to end')).toBe(reason);
      }),
    );

    it(
      'is healthy before the first call, and asks nobody about it',
      withConnected(async ({ collector, requestCount }) => {
        const { name, status } = collector.health();
        expect({ status, named: name !== '' }).toEqual({ status: 'healthy', named: true });
        expect(requestCount()).toBe(0);
      }),
    );

    it(
      'reports by its health how the last calls went',
      withConnected(async ({ collector, failNext }) => {
        failNext();
        await rejectionOf(collector.fetchBars(first));
        const after = collector.health();
        expect(after.status === 'degraded' || after.status === 'unhealthy', after.status).toBe(true);
        expect(after.message !== '', 'health says nothing about a failure').toBe(true);
        await collector.fetchBars(first);
        expect(collector.health().status).toBe('healthy');
      }),
    );

    it(
      'takes no harm from a caller who gave up',
      withConnected(async ({ collector }) => {
        await rejectionOf(collector.fetchBars(first, { signal: AbortSignal.abort(new Error('enough')) }));
        expect(collector.health().status).toBe('healthy');
      }),
    );

    it(
      'closes as often as it is told to',
      withConnected(async ({ collector }) => {
        await collector.fetchBars(first);
        for (const time of ['first', 'second']) {
          expect(await failureOf(() => settled(Promise.resolve(collector.close?.()), `the ${time} close`))).toBe(
            undefined,
          );
        }
      }),
    );
  });
}

function errorOf(failure: unknown): Pick<ServiceError, 'kind' | 'reason'> | undefined {
  return isServiceError(failure) ? { kind: failure.kind, reason: failure.reason } : undefined;
}

function columnsOf(bars: RawBars): [string, TextColumn][] {
  return [['label', bars.label], ...Object.entries(bars.values)];
}

function rowsOf({ length }: RawBars): number[] {
  return Array.from({ length }, (_, row) => row);
}

function textsOf(bars: RawBars): (string | undefined)[] {
  return columnsOf(bars).flatMap(([, column]) => rowsOf(bars).map((row) => textAt(bars, column, row)));
}

/** What is wrong with a column; `undefined` when nothing is. */
function faultIn({ text, length }: RawBars, { starts, ends }: TextColumn): string | undefined {
  if (starts.length !== length || ends.length !== length) return `${starts.length} values for ${length} bars`;
  const broken = starts.findIndex((start, row) => start > (ends[row] as number) || (ends[row] as number) > text.length);
  return broken < 0 ? undefined : `the value of row ${broken} stands outside of the bytes`;
}
