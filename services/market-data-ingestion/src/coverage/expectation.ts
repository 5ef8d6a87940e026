import type { MarketCalendar, Session } from '@quantumtrade/market-calendar';
import { type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';

/** A session that has closed, and what it should have. Instants are milliseconds since the Unix epoch (UTC). */
export interface Expectation {
  /** `2024-01-02`. */
  readonly session: string;
  readonly open: number;
  readonly close: number;
  /** Open times of the expected bars, oldest first; at least one. */
  readonly bars: Float64Array;
  /** When the bars that count may open; the second end is not included. Empty for daily and longer bars. */
  readonly hours: readonly (readonly [from: number, until: number])[];
  /** Trading before and after included. */
  readonly extended: readonly [from: number, until: number];
}

export interface ExpectationQuery {
  readonly calendar: MarketCalendar;
  readonly interval: Interval;
  /** First and last trading day, both included. */
  readonly from: string;
  readonly to: string;
  /** Sessions that close later are not expected yet. */
  readonly now: number;
  readonly extendedHours: boolean;
}

const minuteMs = 60_000;

/** What the sessions of a range should have, oldest first; sessions in which no bar of the interval opens are left out. */
export function expectations(query: ExpectationQuery): Expectation[] {
  const { calendar, interval, from, to, now, extendedHours } = query;
  const length = intradayMilliseconds(interval);
  return calendar
    .sessions({ from, to })
    .filter(({ close, extended }) => (extendedHours && length !== undefined ? extended.close : close) <= now)
    .flatMap((session) => {
      const bars = calendar.expectedBars(interval, session, { extended: extendedHours });
      if (bars.length === 0) return [];
      const { date, extended } = session;
      const { open, close } = extendedHours ? extended : session;
      return [
        {
          ...{ session: date, open, close, bars },
          hours: length === undefined ? [] : hoursOf(session, open, close, length),
          extended: [barsFrom(extended.open, length), extended.close] as const,
        },
      ];
    });
}

/** Stretches of trading between breaks. A bar counts with the stretch that it reaches into, wherever it was cut. */
function hoursOf({ breaks }: Session, open: number, close: number, length: number): [number, number][] {
  const edges = [open, ...breaks.flatMap(({ from, until }) => [from, until]), close];
  const hours: [number, number][] = [];
  for (let edge = 0; edge < edges.length; edge += 2) {
    const begin = barsFrom(edges[edge] as number, length);
    // A bar that began in the stretch before is counted there.
    hours.push([Math.max(begin, hours.at(-1)?.[1] ?? begin), edges[edge + 1] as number]);
  }
  return hours;
}

/** The first minute at which a bar opens that reaches beyond an instant. */
function barsFrom(instant: number, length = minuteMs): number {
  return instant - length + minuteMs;
}
