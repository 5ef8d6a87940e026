import type { CalendarException } from './calendar-exception.ts';

/** The exchanges and markets that have a calendar. `24/7` never closes; `24/5` is the week of currencies. */
export const exchanges = ['XNYS', 'XNAS', 'XLON', 'XTSE', 'XHKG', '24/7', '24/5'] as const;

/** A market identifier code, or one of the two weeks without an exchange. */
export type ExchangeName = (typeof exchanges)[number];

/** First and last year of every calendar. */
export const firstYear = 1990;
export const lastYear = 2028;

/** A day that a rule gives for a year, if it gives one. */
export interface DayRule {
  readonly name: string;
  /** The first year in which it holds; from the start of the calendar when left out. */
  readonly from?: number;
  /** The last year in which it holds. */
  readonly until?: number;
  readonly day: (year: number) => number | undefined;
}

/** A day whose session ends early; on a day without a session it does nothing. */
export interface ShortDayRule extends DayRule {
  /** Minutes since midnight; at the start of the break when left out. */
  readonly close?: number;
}

/** Trading hours from a date on, in minutes since midnight on the exchange's clocks; below 0 is the evening before. */
export interface TradingHours {
  /** The first day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly open: number;
  readonly close: number;
  readonly break?: { readonly from: number; readonly until: number };
  /** Trading before and after; `shortClose` is its end after an early close that was planned. */
  readonly extended?: { readonly open: number; readonly close: number; readonly shortClose: number };
}

/** Everything that is known of an exchange. */
export interface ExchangeDefinition {
  /** Changes whenever the data do, so that who keeps what was derived from them knows. */
  readonly version: string;
  /** IANA zone. */
  readonly timeZone: string;
  /** Days of the week with sessions, 0 for Sunday. */
  readonly weekdays: readonly number[];
  /** Oldest first. */
  readonly hours: readonly TradingHours[];
  readonly holidays: readonly DayRule[];
  readonly shortDays: readonly ShortDayRule[];
  readonly exceptions: readonly CalendarException[];
}

/** Minutes since midnight. */
export function at(hour: number, minute = 0): number {
  return hour * 60 + minute;
}
