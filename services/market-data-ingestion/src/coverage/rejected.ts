import { assetClassOf, type Interval, intradayMilliseconds, type RejectedLabel } from '@quantumtrade/shared-types';
import { ZoneDirectory } from '../processors/local-time.ts';
import type { Expectation } from './expectation.ts';

/** Expected bars of one session that were rejected, and which batches they came with. */
export interface Rejected {
  readonly bars: number;
  readonly batchIds: readonly string[];
  /** When they were rejected, in the same order: milliseconds since the Unix epoch (UTC). */
  readonly instants: readonly number[];
}

export const noneRejected: Rejected = { bars: 0, batchIds: [], instants: [] };

/** A rejected row whose label names an expected bar. */
export interface RejectedBar extends Pick<RejectedLabel, 'batchId' | 'rejectedAt'> {
  /** The session's position. */
  readonly index: number;
  readonly openTime: number;
}

/**
 * Which expected bars the labels name, each bar once. Labels with a `T` are in UTC; others are on the clocks of New York
 * for stocks, and in UTC for pairs. Labels that cannot be read name none.
 */
export function rejectedBars(
  { symbol, interval }: { readonly symbol: string; readonly interval: Interval },
  labels: readonly RejectedLabel[],
  sessions: readonly { readonly index: number; readonly expectation: Expectation }[],
): RejectedBar[] {
  const intraday = intradayMilliseconds(interval) !== undefined;
  const zone = assetClassOf(symbol) === 'stock' ? 'America/New_York' : 'UTC';
  const expected = new Map<number | string, { readonly index: number; readonly openTime: number }>();
  for (const { index, expectation } of sessions) {
    for (const openTime of expectation.bars)
      expected.set(intraday ? openTime : expectation.session, { index, openTime });
  }
  const found = new Map<number, RejectedBar>();
  for (const { label, batchId, rejectedAt } of labels) {
    const bar = expected.get(intraday ? (instantOf(label, zone) ?? Number.NaN) : label.slice(0, 10));
    if (bar !== undefined) found.set(bar.openTime, { ...bar, batchId, rejectedAt });
  }
  return [...found.values()];
}

const zones = new ZoneDirectory();

function instantOf(label: string, zone: string): number | undefined {
  const [, date, between, time, seconds = ':00'] = /^(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d)(:\d\d)?Z?$/.exec(label) ?? [];
  if (date === undefined) return undefined;
  const local = Date.parse(`${date}T${time}${seconds}Z`);
  if (Number.isNaN(local) || between === 'T') return local;
  const instant = zones.find(zone)?.instantOf(local);
  return typeof instant === 'number' ? instant : undefined;
}

/** Rejected bars by the position of their session. */
export function bySession(bars: readonly RejectedBar[]): Map<number, Rejected> {
  return new Map(
    [...Map.groupBy(bars, ({ index }) => index)].map(([index, list]) => {
      const batches = new Map(list.map(({ batchId, rejectedAt }) => [batchId, rejectedAt]));
      return [index, { bars: list.length, batchIds: [...batches.keys()], instants: [...batches.values()] }];
    }),
  );
}
