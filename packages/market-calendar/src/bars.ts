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
  length: number,
  session: Session,
  midnight: number,
  { extended = false, alignment = 'clock' }: BarOptions,
): Float64Array {
  const { open, close } = extended ? session.extended : session;
  const edges = [open, ...session.breaks.flatMap((pause) => [pause.from, pause.until]), close];
  const bars: number[] = [];
  for (let edge = 0; edge < edges.length; edge += 2) {
    const from = edges[edge] as number;
    const until = edges[edge + 1] as number;
    const origin = alignment === 'session' ? from : midnight;
    for (let bar = from; bar < until; bar = barAfter(bar, length, origin)) bars.push(bar);
  }
  return Float64Array.from(bars);
}

/** The open time of the bar that an instant lies in, given where its stretch of trading and its day begin. */
export function intradayBarAt(
  instant: number,
  length: number,
  from: number,
  midnight: number,
  { alignment = 'clock' }: BarOptions,
): number {
  const origin = alignment === 'session' ? from : midnight;
  return Math.max(from, barAfter(instant, length, origin) - length);
}

function barAfter(instant: number, length: number, origin: number): number {
  return origin + (Math.floor((instant - origin) / length) + 1) * length;
}
