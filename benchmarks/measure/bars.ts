/** A bar of the benchmarks: what a vendor says, and what must be stored of it. */
export interface MadeBar {
  /** New York time, as the vendor writes it. */
  readonly label: string;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  /** 90 where the volume is below the threshold, 100 elsewhere. */
  readonly qualityScore: number;
}

/** The interval of the bars. */
export const barInterval = '1min';
/** The most bars whose labels are all in summer time. */
const mostBars = 300_000;

const minute = 60_000;
/** New York is four hours behind UTC from March to November: no day in between changes that. */
const behindMs = 4 * 3_600_000;

/** So many one-minute bars from 1 April 2024 on, the same at each call; every tenth breaks a rule and is accepted. */
export function makeBars(count: number): MadeBar[] {
  if (count > mostBars) throw new RangeError(`${count} bars reach into winter time: make at most ${mostBars}`);
  const first = Date.UTC(2024, 3, 1);
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const text = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
  const price = (units: number): string => (units / 10_000).toFixed(4);
  let close = 1_900_000;
  return Array.from({ length: count }, (_, i) => {
    const open = close;
    close = open + random(2001) - 1000;
    const quiet = i % 10 === 9;
    return {
      label: text(first + i * minute),
      openTime: first + i * minute + behindMs,
      open: price(open),
      high: price(Math.max(open, close) + random(500)),
      low: price(Math.min(open, close) - random(500)),
      close: price(close),
      volume: String(quiet ? random(1000) : 1000 + random(900_000)),
      qualityScore: quiet ? 90 : 100,
    };
  });
}
