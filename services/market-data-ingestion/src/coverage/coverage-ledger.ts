import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@quantumtrade/core-traits';
import { calendarOf, type MarketCalendar } from '@quantumtrade/market-calendar';
import {
  type Adjustment,
  type CollectionAnswer,
  type CoverageReader,
  type CoverageRow,
  type Interval,
  intradayMilliseconds,
  parseSymbol,
  type RejectedLabel,
  type SeriesGroup,
  type StoreOptions,
  type TimeSlice,
} from '@quantumtrade/shared-types';
import { type Cover, doubtful, type Testimony, testimonyOf } from './answers.ts';
import { compactReachMs } from './compact-reach.ts';
import type { CoverageSettings } from './coverage-settings.ts';
import { exchangeOf } from './exchange-of.ts';
import { type Expectation, expectations } from './expectation.ts';
import { type Absent, coversOfSession, judgeSession, type StoredPart, takesIn } from './judge-session.ts';
import { bySession, noneRejected, type Rejected, rejectedBars } from './rejected.ts';

export interface CoverageLedgerDependencies {
  readonly reader: CoverageReader;
  readonly clock: Clock;
  readonly settings: CoverageSettings;
  /** The calendar of an exchange. @default what the calendar package knows */
  readonly calendar?: ((exchange: string) => MarketCalendar) | undefined;
}

/** Which sessions of which series. */
export interface CoverageQuery {
  /** All symbols that have bars of the interval when left out. */
  readonly symbols?: readonly string[] | undefined;
  readonly interval: Interval;
  readonly source: string;
  /** @default 'raw' */
  readonly adjustment?: Adjustment | undefined;
  /** First and last trading day, `2024-01-02`, both included. Sessions that have not closed yet are left out. */
  readonly from: string;
  readonly to: string;
}

/** Every symbol of a query is counted in every slice of it. */
const partsPerQuery = 100;

/** No more answers of one symbol are counted one by one; older ones are not believed where bars were deleted. */
const mostCounted = 50;

/**
 * Says for every session of a series what should be there, what is, and what is known of the rest. Nothing of it is
 * kept: it is derived at each call from the stored bars, the records of collections and the calendar.
 */
export class CoverageLedger {
  readonly #reader: CoverageReader;
  readonly #clock: Clock;
  readonly #settings: CoverageSettings;
  readonly #calendar: (exchange: string) => MarketCalendar;

  constructor({ reader, clock, settings, calendar = calendarOf }: CoverageLedgerDependencies) {
    this.#reader = reader;
    this.#clock = clock;
    this.#settings = settings;
    this.#calendar = calendar;
  }

  /**
   * One row a session, by symbol and oldest first.
   *
   * @throws ServiceError of kind `database` when the store fails, and of kind `configuration` for dates that are none or
   * that no calendar has.
   */
  async coverage(query: CoverageQuery, options?: StoreOptions): Promise<CoverageRow[]> {
    const { interval, source, adjustment = 'raw' } = query;
    const series = { interval, source, adjustment };
    const asked = query.symbols?.map(parseSymbol) ?? (await this.#reader.storedSymbols(series, options));
    const symbols = [...new Set(asked)];
    const byExchange = Map.groupBy(symbols, (symbol) => exchangeOf(symbol, this.#settings.exchanges));
    const rows = new Map<string, CoverageRow[]>();
    for (const [exchange, members] of byExchange) {
      const group = { ...series, symbols: members };
      for (const [symbol, list] of await this.#ofExchange(exchange, group, query, options)) rows.set(symbol, list);
    }
    return symbols.flatMap((symbol) => rows.get(symbol) ?? []);
  }

  async #ofExchange(
    exchange: string,
    group: SeriesGroup,
    { from, to }: CoverageQuery,
    options?: StoreOptions,
  ): Promise<Map<string, CoverageRow[]>> {
    const { interval, source, adjustment } = group;
    const { extendedHours } = this.#settings;
    const now = this.#clock.now();
    const calendar = this.#calendar(exchange);
    const expected = expectations({ calendar, interval, from, to, now, extendedHours });
    const stored = await this.#stored(group, expected, options);
    const [first, last] = [expected[0], expected.at(-1)];
    if (first === undefined || last === undefined) return new Map();
    // Days open at the midnight of some zone.
    const range = { from: first.open - dayMs, to: last.close + dayMs };
    const answers = Map.groupBy(await this.#reader.answers(group, range, options), ({ symbol }) => symbol);
    const labels = Map.groupBy(await this.#reader.rejectedLabels(group, options), ({ symbol }) => symbol);
    const cases: SymbolCase[] = [];
    for (const symbol of group.symbols) {
      // Decades of a symbol take a while: others want to be answered in between.
      await nextTurn();
      const parts = stored.get(symbol) ?? new Map<number, StoredPart>();
      const testimony = await this.#testimony(group, symbol, answers.get(symbol) ?? [], options);
      const incomplete = expected.flatMap((expectation, index) =>
        (parts.get(index)?.present ?? 0) < expectation.bars.length
          ? [{ index, expectation, covers: coversOfSession(expectation, testimony.covers, interval) }]
          : [],
      );
      cases.push({ symbol, parts, testimony, incomplete });
    }
    const absent = await this.#absent(group, cases, options);
    const rows = new Map<string, CoverageRow[]>();
    for (const { symbol, parts, testimony, incomplete } of cases) {
      await nextTurn();
      const rejected = await this.#rejected(group, symbol, incomplete, labels.get(symbol) ?? [], options);
      const compactSince = interval === 'daily' ? now - compactReachMs(symbol) : Number.POSITIVE_INFINITY;
      const common = { testimony, settings: this.#settings, now, compactSince, calendarVersion: calendar.version };
      rows.set(
        symbol,
        expected.map((expectation, index) => ({
          ...{ symbol, interval, source, adjustment, exchange, session: expectation.session },
          ...{ open: expectation.open, close: expectation.close },
          ...judgeSession(expectation, parts.get(index) ?? nothing, {
            ...common,
            absent: absent.get(symbol)?.get(index) ?? { bars: 0, covers: [] },
            rejected: rejected.get(index) ?? noneRejected,
          }),
        })),
      );
    }
    return rows;
  }

  /** What is stored, by symbol and by the position of the session. */
  async #stored(
    group: SeriesGroup,
    expected: readonly Expectation[],
    options?: StoreOptions,
  ): Promise<Map<string, Map<number, StoredPart>>> {
    const stored = new Map<string, Map<number, StoredPart>>();
    const partsOf = (symbol: string): Map<number, StoredPart> => {
      const parts = stored.get(symbol) ?? new Map<number, StoredPart>();
      stored.set(symbol, parts);
      return parts;
    };
    const [first, last] = [expected[0], expected.at(-1)];
    if (first === undefined || last === undefined) return stored;
    if (intradayMilliseconds(group.interval) === undefined) {
      const positions = new Map(expected.map(({ session }, index) => [session, index]));
      const days = await this.#reader.countDays(group, { from: first.session, to: last.session }, options);
      for (const { symbol, session, batchId, ingestedAt } of days) {
        const index = positions.get(session);
        if (index !== undefined) partsOf(symbol).set(index, { present: 1, extra: 0, batchId, ingestedAt });
      }
      return stored;
    }
    // Even indexes are the hours that count, odd ones all hours of the day.
    const slices = expected.flatMap(({ hours, extended }, index) => [
      ...hours.map(([from, until]) => ({ index: 2 * index, from, until })),
      { index: 2 * index + 1, from: extended[0], until: extended[1] },
    ]);
    for (const { symbol, index, bars, ...lineage } of await this.#reader.countSlices(group, slices, options)) {
      const parts = partsOf(symbol);
      const position = Math.floor(index / 2);
      const part = parts.get(position) ?? { ...nothing, ...lineage };
      parts.set(position, index % 2 === 0 ? { ...part, present: bars } : { ...part, extra: bars });
    }
    for (const parts of stored.values()) {
      for (const [index, part] of parts) {
        const counted = Math.min(part.present, expected[index]?.bars.length ?? 0);
        parts.set(index, { ...part, extra: Math.max(part.extra, part.present) - counted });
      }
    }
    return stored;
  }

  async #testimony(
    { interval, source, adjustment }: SeriesGroup,
    symbol: string,
    answers: readonly CollectionAnswer[],
    options?: StoreOptions,
  ): Promise<Testimony> {
    const known = new Map<string, number>();
    for (const answer of doubtful(answers, interval).slice(0, mostCounted)) {
      const bars = await this.#reader.countKnownTo({ symbol, interval, source, adjustment }, answer, options);
      known.set(answer.batchId, bars);
    }
    return testimonyOf({ interval, source, answers, known, settings: this.#settings });
  }

  /** How many missing bars of each incomplete session its covers show to be absent, by symbol. */
  async #absent(
    group: SeriesGroup,
    cases: readonly SymbolCase[],
    options?: StoreOptions,
  ): Promise<Map<string, Map<number, Absent>>> {
    const absent = new Map(cases.map(({ symbol }) => [symbol, new Map<number, Absent>()]));
    // Part of a session is covered, as by compact data: what is expected there and not stored is absent.
    const partly: (Incomplete & { readonly symbol: string })[] = [];
    for (const { symbol, parts, incomplete } of cases) {
      for (const { index, expectation, covers } of incomplete) {
        if (covers.length === 0) continue;
        const whole = covers.some((cover) => takesIn(cover, expectation, group.interval));
        const missing = expectation.bars.length - (parts.get(index)?.present ?? 0);
        if (whole) absent.get(symbol)?.set(index, { bars: missing, covers });
        else partly.push({ symbol, index, expectation, covers });
      }
    }
    for (let from = 0; from < partly.length; from += partsPerQuery) {
      const some = partly.slice(from, from + partsPerQuery);
      const symbols = [...new Set(some.map(({ symbol }) => symbol))];
      const slices = some.flatMap(({ expectation, covers }, at) => coveredSlices(at, expectation, covers));
      const counts = await this.#reader.countSlices({ ...group, symbols }, slices, options);
      // Slices of one symbol are counted for the others too, which says nothing.
      const own = counts.filter(({ symbol, index }) => some[index]?.symbol === symbol);
      const present = new Map(own.map(({ index, bars }) => [index, bars]));
      for (const [at, { symbol, index, expectation, covers }] of some.entries()) {
        const within = (bar: number): boolean => covers.some((cover) => bar >= cover.from && bar <= cover.to);
        const bars = Math.max(0, expectation.bars.filter(within).length - (present.get(at) ?? 0));
        absent.get(symbol)?.set(index, { bars, covers });
      }
    }
    return absent;
  }

  /** Which missing bars of each incomplete session wait in quarantine and are not stored by now. */
  async #rejected(
    group: SeriesGroup,
    symbol: string,
    incomplete: readonly Incomplete[],
    labels: readonly RejectedLabel[],
    options?: StoreOptions,
  ): Promise<Map<number, Rejected>> {
    const { interval } = group;
    const bars = labels.length === 0 ? [] : rejectedBars({ symbol, interval }, labels, incomplete);
    // An incomplete session of one bar has none.
    if (bars.length === 0 || intradayMilliseconds(interval) === undefined) return bySession(bars);
    const slices = bars.map(({ openTime }, index) => ({ index, from: openTime, until: openTime + minuteMs }));
    const counts = await this.#reader.countSlices({ ...group, symbols: [symbol] }, slices, options);
    const stored = new Set(counts.map(({ index }) => index));
    return bySession(bars.filter((_, index) => !stored.has(index)));
  }
}

/** A symbol, and what has been found out about it. */
interface SymbolCase {
  readonly symbol: string;
  /** By the position of the session. */
  readonly parts: ReadonlyMap<number, StoredPart>;
  readonly testimony: Testimony;
  readonly incomplete: readonly Incomplete[];
}

interface Incomplete {
  readonly index: number;
  readonly expectation: Expectation;
  readonly covers: readonly Cover[];
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const nothing: StoredPart = { present: 0, extra: 0 };

/** The stretches of a session's hours that some cover holds, each once. */
function coveredSlices(index: number, { hours }: Expectation, covers: readonly Cover[]): TimeSlice[] {
  const oldestFirst = covers.toSorted((a, b) => a.from - b.from);
  return hours.flatMap(([open, close]) => {
    const slices: TimeSlice[] = [];
    let done = open;
    for (const { from, to } of oldestFirst) {
      const begin = Math.max(done, from);
      const end = Math.min(close, to + 1);
      if (begin >= end) continue;
      slices.push({ index, from: begin, until: end });
      done = end;
    }
    return slices;
  });
}
