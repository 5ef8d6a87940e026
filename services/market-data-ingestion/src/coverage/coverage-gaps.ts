import {
  assetClassOf,
  type CollectorCapabilities,
  type CoverageRow,
  intradayMilliseconds,
  type Series,
} from '@quantumtrade/shared-types';

/** One call to the vendor, as `collectSymbolData` takes it. */
export interface GapRequest {
  readonly symbol: string;
  readonly interval: string;
  readonly adjusted: boolean;
  /** Intraday, where the vendor has months: `2024-01`. */
  readonly month?: string | undefined;
  readonly outputSize?: 'compact' | 'full' | undefined;
}

/** Pending sessions of one series that follow each other. */
export interface CoverageGap extends Series {
  /** First and last session, `2024-01-02`. */
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
  /** Expected bars that are neither stored nor confirmed to be absent. */
  readonly missing: number;
  /** Whether one of the sessions is pending for longer than the settings allow. */
  readonly overdue: boolean;
  /** What would fill it, oldest first; gaps of one series may share a request: see {@link distinctRequests}. */
  readonly requests: readonly GapRequest[];
}

/** How many sessions before the newest one compact data surely reaches: 100 bars less some room. */
const compactSessions = 90;

/**
 * The holes of a ledger's rows: pending sessions, those that follow each other in one, in the order of the rows. What is
 * unrecoverable is no hole.
 *
 * @param capabilities what the vendor offers; without them months are taken to be offered for stocks.
 */
export function gapsOf(
  rows: readonly CoverageRow[],
  capabilities?: Pick<CollectorCapabilities, 'assets'> | undefined,
): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  for (const series of Map.groupBy(rows, seriesKey).values()) {
    let hole: CoverageRow[] = [];
    for (const [index, row] of series.entries()) {
      if (row.state === 'pending') hole.push(row);
      if (hole.length === 0 || (row.state === 'pending' && index + 1 < series.length)) continue;
      const first = hole[0] as CoverageRow;
      gaps.push(gapOf(hole, series.length - series.indexOf(first), capabilities));
      hole = [];
    }
  }
  return gaps;
}

/** What all gaps together would ask for, each request once: so many calls they cost. */
export function distinctRequests(gaps: readonly CoverageGap[]): GapRequest[] {
  const requests = gaps.flatMap((gap) => gap.requests);
  // A full answer holds the compact one.
  const full = new Set(requests.filter(({ outputSize }) => outputSize === 'full').map(keyOfSeries));
  const needed = requests.filter((request) => request.outputSize !== 'compact' || !full.has(keyOfSeries(request)));
  return [...new Map(needed.map((request) => [JSON.stringify(request), request])).values()];
}

function gapOf(
  hole: readonly CoverageRow[],
  sessionsToEnd: number,
  capabilities: Pick<CollectorCapabilities, 'assets'> | undefined,
): CoverageGap {
  const [first, last] = [hole[0] as CoverageRow, hole.at(-1) as CoverageRow];
  const { symbol, interval, source, adjustment } = first;
  const asset = assetClassOf(symbol);
  const months = capabilities?.assets[asset]?.months ?? asset === 'stock';
  const request = { symbol, interval, adjusted: adjustment === 'adjusted' };
  const requests: GapRequest[] =
    intradayMilliseconds(interval) === undefined
      ? [{ ...request, outputSize: sessionsToEnd <= compactSessions ? 'compact' : 'full' }]
      : months
        ? [...new Set(hole.map(({ session }) => session.slice(0, 7)))].map((month) => ({ ...request, month }))
        : [{ ...request, outputSize: 'full' }];
  return {
    ...{ symbol, interval, source, adjustment },
    from: first.session,
    to: last.session,
    sessions: hole.length,
    missing: hole.reduce((sum, { expected, present, absentConfirmed }) => sum + expected - present - absentConfirmed, 0),
    overdue: hole.some(({ overdue }) => overdue),
    requests,
  };
}

function seriesKey({ symbol, interval, source, adjustment }: Series): string {
  return [symbol, interval, source, adjustment].join(' ');
}

function keyOfSeries({ symbol, interval, adjusted }: GapRequest): string {
  return [symbol, interval, adjusted].join(' ');
}
