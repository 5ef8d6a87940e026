import { type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';
import { type BarOptions, intradayBarAt, intradayBars } from './bars.ts';
import { dayMs, dayNumber, formatDay } from './civil-day.ts';
import { type ExchangeName, firstYear, lastYear } from './exchange-definition.ts';
import { periodOf } from './period.ts';
import { outsideCalendar, requireDay } from './refuse.ts';
import type { Session } from './session.ts';
import type { SessionTable } from './session-table.ts';
import { SortedColumn } from './sorted-column.ts';

const firstDay = dayNumber(firstYear, 1, 1);
const lastDay = dayNumber(lastYear, 12, 31);

/** Which hours count. */
export interface HoursOptions {
  /** Trading before and after the session too. */
  readonly extended?: boolean;
}

export interface MarketCalendarDependencies {
  readonly exchange: ExchangeName;
  readonly version: string;
  readonly timeZone: string;
  readonly table: SessionTable;
}

/**
 * The sessions of one exchange from 1990 to 2028, in order and disjoint. Immutable; reads no clock, file or network.
 * Instants are milliseconds since the Unix epoch (UTC), dates `YYYY-MM-DD` are trading days of the exchange.
 *
 * Questions about other years throw a ServiceError of kind `configuration` and reason `outsideCalendar`, as having no
 * answer is not the same as having no session; what is no date throws the reason `invalidDate`.
 */
export class MarketCalendar {
  readonly exchange: ExchangeName;
  /**
   * Changes whenever the sessions may have: with the data of the exchange and with the exceptions that were added. Not
   * with the rules of its zone, which are the platform's.
   */
  readonly version: string;
  /** IANA zone of the exchange's clocks. */
  readonly timeZone: string;
  readonly #table: SessionTable;
  /** Texts of trading days, as far as they were asked for. */
  readonly #dates: (string | undefined)[];
  readonly #days: SortedColumn;
  readonly #opens: SortedColumn;
  readonly #closed: SortedColumn;
  readonly #extendedOpens: SortedColumn;
  readonly #from: number;
  readonly #until: number;

  constructor({ exchange, version, timeZone, table }: MarketCalendarDependencies) {
    this.exchange = exchange;
    this.version = version;
    this.timeZone = timeZone;
    this.#table = table;
    this.#days = new SortedColumn(table.days, 1);
    this.#opens = new SortedColumn(table.open, dayMs);
    this.#closed = new SortedColumn(table.close, dayMs);
    this.#extendedOpens = new SortedColumn(table.extendedOpen, dayMs);
    this.#dates = Array.from(table.days, () => undefined);
    this.#from = Math.min(table.offsets.instantOf(firstDay, 0), table.extendedOpen[0] ?? Number.POSITIVE_INFINITY);
    this.#until = table.offsets.instantOf(lastDay + 1, 0);
  }

  /** Every session whose trading day is in a range, both ends included, oldest first. */
  sessions({ from, to }: { readonly from: string; readonly to: string }): Session[] {
    const first = this.#days.placeAbove(this.#requireDay(from) - 1);
    const end = this.#days.placeAbove(this.#requireDay(to));
    return Array.from({ length: Math.max(0, end - first) }, (_, index) => this.#session(first + index));
  }

  /** The session of a trading day; `undefined` when there is none: see {@link closureOf}. */
  sessionOf(date: string): Session | undefined {
    const index = this.#indexOf(this.#requireDay(date));
    return index === undefined ? undefined : this.#session(index);
  }

  /** Why a day has no session; `undefined` when it has one. */
  closureOf(date: string): string | undefined {
    const day = this.#requireDay(date);
    if (this.#indexOf(day) !== undefined) return undefined;
    return this.#table.closures.get(day) ?? 'weekend';
  }

  /** Whether there is trading at an instant. Breaks are not trading; a close is no longer. */
  isOpen(instant: number, { extended = false }: HoursOptions = {}): boolean {
    const table = this.#table;
    const index = this.#lastOpened(instant, extended);
    if (index < 0 || instant >= this.#closes(extended, index)) return false;
    return instant < (table.breakFrom[index] as number) || instant >= (table.breakUntil[index] as number);
  }

  /** The session that an instant lies in, its breaks included; `undefined` between sessions. */
  sessionAt(instant: number, { extended = false }: HoursOptions = {}): Session | undefined {
    const index = this.#lastOpened(instant, extended);
    return index < 0 || instant >= this.#closes(extended, index) ? undefined : this.#session(index);
  }

  /** The first session that opens after an instant, or the one after a date; `undefined` at the end of the calendar. */
  next(after: number | string): Session | undefined {
    const table = this.#table;
    const index =
      typeof after === 'string'
        ? this.#days.placeAbove(this.#requireDay(after))
        : this.#opens.placeAbove(this.#requireInstant(after));
    return index < table.days.length ? this.#session(index) : undefined;
  }

  /** The last session that had closed by an instant, or the one before a date; `undefined` at the start of the calendar. */
  previous(before: number | string): Session | undefined {
    const index =
      typeof before === 'string'
        ? this.#days.placeAbove(this.#requireDay(before) - 1) - 1
        : this.#closed.placeAbove(this.#requireInstant(before)) - 1;
    return index < 0 ? undefined : this.#session(index);
  }

  /**
   * The open times of the bars that a session of this calendar should have, oldest first.
   *
   * Within the day these are the bars of its hours, the first one cut off at the open and none in a break. A daily bar opens
   * at the midnight that begins the trading day on the exchange's clocks. A weekly or monthly bar opens with the last
   * session of its week (Monday to Sunday) or month, as vendors date it, so every other session has none.
   */
  expectedBars(interval: Interval, session: Session, options: BarOptions = {}): Float64Array {
    const day = this.#requireDay(session.date);
    const midnight = this.#table.offsets.instantOf(day, 0);
    const length = intradayMilliseconds(interval);
    if (length !== undefined) return intradayBars(length, session, midnight, options);
    const index = this.#indexOf(day);
    const closesPeriod = index === undefined || this.#lastOfPeriod(index, interval) === index;
    return closesPeriod ? Float64Array.of(midnight) : new Float64Array();
  }

  /**
   * The open time of the bar that an instant belongs to, one of {@link expectedBars}; `undefined` when there is none.
   *
   * Daily and longer bars take in their whole day on the exchange's clocks, night included, and are `undefined` on days
   * without a session; currencies after their week's end count as that day.
   */
  alignToBar(instant: number, interval: Interval, options: BarOptions = {}): number | undefined {
    const { extended = false } = options;
    const { midnight, offsets, breakFrom, breakUntil, open, extendedOpen } = this.#table;
    const opened = this.#lastOpened(instant, extended);
    const within = opened >= 0 && instant < this.#closes(extended, opened);
    const length = intradayMilliseconds(interval);
    if (length !== undefined) {
      if (!within) return undefined;
      const pause = breakFrom[opened] as number;
      const resumed = breakUntil[opened] as number;
      if (instant >= pause && instant < resumed) return undefined;
      const afterBreak = pause < resumed && instant >= resumed;
      const from = afterBreak ? resumed : ((extended ? extendedOpen : open)[opened] as number);
      return intradayBarAt(instant, length, from, midnight[opened] as number, options);
    }
    const clocks = instant + offsets.at(Math.floor(instant / dayMs));
    const index = within ? opened : this.#indexOf(Math.floor(clocks / dayMs));
    return index === undefined ? undefined : midnight[this.#lastOfPeriod(index, interval)];
  }

  #session(index: number): Session {
    const table = this.#table;
    const of = (column: Float64Array): number => column[index] as number;
    const pause = { from: of(table.breakFrom), until: of(table.breakUntil) };
    return {
      date: this.#dateOf(index),
      open: of(table.open),
      close: of(table.close),
      breaks: pause.from < pause.until ? [pause] : [],
      extended: { open: of(table.extendedOpen), close: of(table.extendedClose) },
      early: table.early[index] === 1,
      reason: table.reasons[index],
    };
  }

  #dateOf(index: number): string {
    const date = this.#dates[index] ?? formatDay(this.#table.days[index] as number);
    this.#dates[index] = date;
    return date;
  }

  #lastOpened(instant: number, extended: boolean): number {
    const opens = extended ? this.#extendedOpens : this.#opens;
    return opens.placeAbove(this.#requireInstant(instant)) - 1;
  }

  #closes(extended: boolean, index: number): number {
    return (extended ? this.#table.extendedClose : this.#table.close)[index] as number;
  }

  #lastOfPeriod(index: number, interval: Interval): number {
    const { days } = this.#table;
    if (interval === 'daily') return index;
    const period = periodOf(days[index] as number, interval);
    let last = index;
    while (last + 1 < days.length && periodOf(days[last + 1] as number, interval) === period) last++;
    return last;
  }

  #indexOf(day: number): number | undefined {
    const index = this.#days.placeAbove(day) - 1;
    return index >= 0 && this.#table.days[index] === day ? index : undefined;
  }

  #requireDay(date: string): number {
    const day = requireDay(date);
    if (day < firstDay || day > lastDay) throw outsideCalendar(date);
    return day;
  }

  #requireInstant(instant: number): number {
    if (instant >= this.#from && instant < this.#until) return instant;
    throw outsideCalendar(Number.isFinite(instant) ? `the instant ${instant}` : 'what is no instant');
  }
}
