import { type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';
import type { Session } from './session.ts';

/** Which bars are meant. */
export interface BarOptions {
  /** Bars of trading before and after the session too. */
  readonly extended?: boolean;
  /**
   * Where intraday bars are cut. `clock`: at whole multiples of the interval on the exchange's clocks, so that hours of a
   * session from 09:30 open at 09:30, 10:00, 11:00 and so on. `session`: counted from the open and from the end of a
   * break, which gives 09:30, 10:30, 11:30.
   *
   * @default 'clock'
   */
  readonly alignment?: 'clock' | 'session';
}

/** The open times of a session's bars, of an interval within the day, in milliseconds UTC. */
export function intradayBars(
  interval: Interval,
  session: Session,
  midnight: number,
  options: BarOptions,
): Float64Array {
  const length = intradayMilliseconds(interval) ?? Number.POSITIVE_INFINITY;
  const bars: number[] = [];
  for (const { from, until } of stretches(session, options)) {
    const origin = options.alignment === 'session' ? from : midnight;
    let bar = from;
    while (bar < until) {
      bars.push(bar);
      bar = origin + (Math.floor((bar - origin) / length) + 1) * length;
    }
  }
  return Float64Array.from(bars);
}

/** The open time of the bar that an instant lies in; `undefined` when the market is closed then. */
export function intradayBarAt(
  instant: number,
  interval: Interval,
  session: Session,
  midnight: number,
  options: BarOptions,
): number | undefined {
  const length = intradayMilliseconds(interval) ?? Number.POSITIVE_INFINITY;
  for (const { from, until } of stretches(session, options)) {
    if (instant < from || instant >= until) continue;
    const origin = options.alignment === 'session' ? from : midnight;
    return Math.max(from, origin + Math.floor((instant - origin) / length) * length);
  }
  return undefined;
}

/** When trading goes on without a pause. */
function stretches(session: Session, { extended = false }: BarOptions): { from: number; until: number }[] {
  const { open, close } = extended ? session.extended : session;
  const edges = [open, ...session.breaks.flatMap((pause) => [pause.from, pause.until]), close];
  const found: { from: number; until: number }[] = [];
  for (let edge = 0; edge < edges.length; edge += 2) {
    found.push({ from: edges[edge] as number, until: edges[edge + 1] as number });
  }
  return found;
}
