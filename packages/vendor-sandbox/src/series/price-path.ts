import type { CivilDay } from './civil-day.ts';
import { unit } from './hash.ts';
import type { Listing } from './listing.ts';
import { PRICE_SCALE } from './row.ts';
import { POST_MARKET_CLOSE, PRE_MARKET_OPEN, REGULAR_CLOSE, REGULAR_OPEN } from './sessions.ts';
import { type Octave, valueNoise } from './value-noise.ts';

/** The regular session of one day: its four prices, and the minutes after the open at which the extremes fall. */
export interface SessionShape {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly highAt: number;
  readonly lowAt: number;
}

// In days. The amplitudes bound a session's move to about 3% and the whole path to a factor of about 1.7 either way.
const LEVEL: readonly Octave[] = [
  { period: 1500, amplitude: 0.35 },
  { period: 400, amplitude: 0.12 },
  { period: 90, amplitude: 0.03 },
  { period: 20, amplitude: 0.012 },
  { period: 5, amplitude: 0.008 },
  { period: 1.3, amplitude: 0.005 },
];

// In minutes, as a share of the room the price has to move in.
const WIGGLE: readonly Octave[] = [
  { period: 31, amplitude: 0.16 },
  { period: 9, amplitude: 0.08 },
  { period: 2.5, amplitude: 0.04 },
];

const MINUTES_IN_DAY = 1440;
const REGULAR_MINUTES = REGULAR_CLOSE - REGULAR_OPEN;
const EXTENDED_ROOM = 0.006;

/** The regular session of a day: a pure function of the listing and the day. */
export function sessionShape(listing: Listing, day: CivilDay): SessionShape {
  const { range } = listing.streams;
  const open = levelAt(listing, day, REGULAR_OPEN);
  const close = levelAt(listing, day, REGULAR_CLOSE);
  const high = Math.ceil(Math.max(open, close) * (1.001 + 0.012 * unit(range, 5 * day)));
  const low = Math.floor(Math.min(open, close) * (0.999 - 0.012 * unit(range, 5 * day + 1)));
  const first = 20 + Math.floor(160 * unit(range, 5 * day + 2));
  const second = 200 + Math.floor(170 * unit(range, 5 * day + 3));
  const highFirst = unit(range, 5 * day + 4) < 0.5;
  return { open, high, low, close, highAt: highFirst ? first : second, lowAt: highFirst ? second : first };
}

/**
 * The price at every minute of a trading day from 04:00 to 20:00 inclusive, in ten-thousandths.
 *
 * The path runs through the session's open, high, low and close, so bars of any interval agree with the daily one.
 */
export function minutePath(listing: Listing, day: CivilDay, shape: SessionShape): Int32Array {
  const path = new Int32Array(POST_MARKET_CLOSE - PRE_MARKET_OPEN + 1);
  const opensAt = REGULAR_OPEN - PRE_MARKET_OPEN;
  const closesAt = opensAt + REGULAR_MINUTES;
  const room = shape.high - shape.low;
  const anchors: readonly (readonly [minute: number, price: number])[] = [
    [0, levelAt(listing, day, PRE_MARKET_OPEN)],
    [opensAt, shape.open],
    ...(shape.highAt < shape.lowAt
      ? ([
          [opensAt + shape.highAt, shape.high],
          [opensAt + shape.lowAt, shape.low],
        ] as const)
      : ([
          [opensAt + shape.lowAt, shape.low],
          [opensAt + shape.highAt, shape.high],
        ] as const)),
    [closesAt, shape.close],
    [path.length - 1, levelAt(listing, day, POST_MARKET_CLOSE)],
  ];
  for (let leg = 0; leg + 1 < anchors.length; leg += 1) {
    const [from, fromPrice] = anchors[leg] ?? [0, 0];
    const [to, toPrice] = anchors[leg + 1] ?? [0, 0];
    const regular = from >= opensAt && to <= closesAt;
    const size = regular ? room : fromPrice * EXTENDED_ROOM;
    for (let minute = from; minute <= to; minute += 1) {
      const part = (minute - from) / (to - from);
      const noise = valueNoise(listing.streams.wiggle, day * MINUTES_IN_DAY + minute, WIGGLE);
      const price = Math.round(fromPrice + (toPrice - fromPrice) * part + 4 * part * (1 - part) * noise * size);
      path[minute] = regular ? Math.min(shape.high, Math.max(shape.low, price)) : price;
    }
  }
  return path;
}

function levelAt(listing: Listing, day: CivilDay, minute: number): number {
  const drift = valueNoise(listing.streams.level, day + minute / MINUTES_IN_DAY, LEVEL);
  return Math.round(listing.basePrice * Math.exp(drift) * PRICE_SCALE);
}
