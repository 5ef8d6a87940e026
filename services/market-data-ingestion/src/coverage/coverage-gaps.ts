import {
  assetClassOf,
  type CollectorCapabilities,
  type CoverageRow,
  type Interval,
  intradayMilliseconds,
  type Series,
} from '@quantumtrade/shared-types';
import { compactReachMs } from './compact-reach.ts';

/** One collection, as `collectSymbolData` takes it. */
export interface GapRequest {
  readonly symbol: string;
  readonly interval: Interval;
  readonly adjusted: boolean;
  /** Intraday, where the vendor has months: `2024-01`. */
  readonly month?: string | undefined;
  readonly outputSize?: 'compact' | 'full' | undefined;
  /** Calls to the vendor: more than one where it gives the bars in pages. */
  readonly calls: number;
}

/** Pending sessions of one series that follow each other. */
export interface CoverageGap extends Series {
  /** When its first session opens and its last one closes, in milliseconds since the Unix epoch (UTC). */
  readonly from: number;
  readonly to: number;
  /** Their trading days, `2024-01-02`. */
  readonly firstSession: string;
  readonly lastSession: string;
  readonly sessions: number;
  /** Expected bars that are neither stored nor known to be absent. */
  readonly missing: number;
  /** What filling it alone costs, in calls to the vendor. */
  readonly calls: number;
  /** Whether one of the sessions is pending for longer than the settings allow. */
  readonly overdue: boolean;
  /** What would fill it, oldest first; gaps of one series may share a request: see {@link distinctRequests}. */
  readonly requests: readonly GapRequest[];
}

export interface GapsOptions {
  /** Milliseconds since the Unix epoch (UTC): how far away the newest bars are. */
  readonly now: number;
  /** What the vendor offers; without it months are taken to be offered for stocks, and answers to come in one page. */
  readonly capabilities?: CollectorCapabilities | undefined;
}

/**
 * The holes of a ledger's rows: pending sessions, those that follow each other in one, in the order of the rows. What is
 * unrecoverable is no hole.
 */
export function gapsOf(rows: readonly CoverageRow[], options: GapsOptions): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  for (const series of Map.groupBy(rows, seriesKey).values()) {
    let hole: CoverageRow[] = [];
    for (const [index, row] of series.entries()) {
      if (row.state === 'pending') hole.push(row);
      if (hole.length === 0 || (row.state === 'pending' && index + 1 < series.length)) continue;
      gaps.push(gapOf(hole, series, options));
      hole = [];
    }
  }
  return gaps;
}

/** What all gaps together would ask for, each request once. */
export function distinctRequests(gaps: readonly CoverageGap[]): GapRequest[] {
  const requests = gaps.flatMap((gap) => gap.requests);
  // A full answer holds the compact one.
  const full = new Set(requests.filter(({ outputSize }) => outputSize === 'full').map(keyOfSeries));
  const needed = requests.filter((request) => request.outputSize !== 'compact' || !full.has(keyOfSeries(request)));
  return [...new Map(needed.map((request) => [`${keyOfSeries(request)} ${request.month}`, request])).values()];
}

function gapOf(hole: readonly CoverageRow[], series: readonly CoverageRow[], options: GapsOptions): CoverageGap {
  const [first, last] = [hole[0] as CoverageRow, hole.at(-1) as CoverageRow];
  const { symbol, interval, source, adjustment } = first;
  const requests = requestsFor(hole, series, options);
  return {
    ...{ symbol, interval, source, adjustment },
    ...{ from: first.open, to: last.close, firstSession: first.session, lastSession: last.session },
    sessions: hole.length,
    missing: hole.reduce(
      (sum, { expected, present, absentConfirmed }) => sum + expected - present - absentConfirmed,
      0,
    ),
    calls: requests.reduce((sum, { calls }) => sum + calls, 0),
    overdue: hole.some(({ overdue }) => overdue),
    requests,
  };
}

function requestsFor(
  hole: readonly CoverageRow[],
  series: readonly CoverageRow[],
  { now, capabilities }: GapsOptions,
): GapRequest[] {
  const first = hole[0] as CoverageRow;
  const { symbol, interval, adjustment } = first;
  const asset = assetClassOf(symbol);
  const common = { symbol, interval, adjusted: adjustment === 'adjusted' };
  const pageSize = capabilities?.pageSize ?? Number.POSITIVE_INFINITY;
  const callsFor = (rows: readonly CoverageRow[]): number =>
    Math.max(1, Math.ceil(rows.reduce((sum, { expected }) => sum + expected, 0) / pageSize));
  if (interval === 'daily' && first.open > now - compactReachMs(symbol)) {
    return [{ ...common, outputSize: 'compact', calls: 1 }];
  }
  const months = capabilities?.assets[asset]?.months ?? asset === 'stock';
  if (intradayMilliseconds(interval) === undefined || !months) {
    return [{ ...common, outputSize: 'full', calls: callsFor(series) }];
  }
  return [...new Set(hole.map(monthOf))].map((month) => ({
    ...common,
    month,
    calls: callsFor(series.filter((row) => monthOf(row) === month)),
  }));
}

function monthOf({ session }: CoverageRow): string {
  return session.slice(0, 7);
}

function seriesKey({ symbol, interval, source, adjustment }: Series): string {
  return [symbol, interval, source, adjustment].join(' ');
}

function keyOfSeries({ symbol, interval, adjusted }: GapRequest): string {
  return [symbol, interval, adjusted].join(' ');
}
