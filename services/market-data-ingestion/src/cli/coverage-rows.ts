import type { CoverageEvidence, CoverageRow, UnrecoverableReason } from '@quantumtrade/shared-types';
import type { CoverageGap, GapRequest } from '../coverage/coverage-gaps.ts';
import { isoInstant } from './output.ts';

/** A row as `coverage --json` prints it: what is absent is `null`, instants are in UTC. */
export interface CoverageJson extends Omit<CoverageRow, 'open' | 'close' | 'reason' | 'pendingSince' | 'evidence'> {
  readonly open: string;
  readonly close: string;
  readonly reason: UnrecoverableReason | null;
  readonly pendingSince: string | null;
  readonly evidence: Omit<CoverageEvidence, 'instants' | 'errorReason'> & {
    readonly instants: readonly string[];
    readonly errorReason: string | null;
  };
}

/** A gap as `gaps --json` prints it: instants in UTC. */
export interface GapJson extends Omit<CoverageGap, 'from' | 'to' | 'requests'> {
  readonly from: string;
  readonly to: string;
  readonly requests: readonly {
    readonly month: string | null;
    readonly outputSize: NonNullable<GapRequest['outputSize']> | null;
    readonly calls: number;
  }[];
}

/** What is known of a session as `--json` prints it. */
export function coverageRow(row: CoverageRow): CoverageJson {
  const { batchIds, instants, errorReason, calendarVersion } = row.evidence;
  return {
    symbol: row.symbol,
    interval: row.interval,
    source: row.source,
    adjustment: row.adjustment,
    exchange: row.exchange,
    session: row.session,
    open: isoInstant(row.open),
    close: isoInstant(row.close),
    expected: row.expected,
    present: row.present,
    extra: row.extra,
    absentConfirmed: row.absentConfirmed,
    state: row.state,
    reason: row.reason ?? null,
    pendingSince: row.pendingSince === undefined ? null : isoInstant(row.pendingSince),
    overdue: row.overdue,
    evidence: { batchIds, instants: instants.map(isoInstant), errorReason: errorReason ?? null, calendarVersion },
  };
}

/** The row that a daemon printed. */
export function coverageOf({ open, close, reason, pendingSince, evidence, ...row }: CoverageJson): CoverageRow {
  const { instants, errorReason, ...found } = evidence;
  return {
    ...row,
    open: Date.parse(open),
    close: Date.parse(close),
    reason: reason ?? undefined,
    pendingSince: pendingSince === null ? undefined : Date.parse(pendingSince),
    evidence: { ...found, instants: instants.map((text) => Date.parse(text)), errorReason: errorReason ?? undefined },
  };
}

/** A hole as `--json` prints it. */
export function gapRow({ from, to, requests, ...gap }: CoverageGap): GapJson {
  const { symbol, interval, source, adjustment, ...counts } = gap;
  return {
    ...{ symbol, interval, source, adjustment },
    ...{ from: isoInstant(from), to: isoInstant(to) },
    ...counts,
    requests: requests.map(({ month, outputSize, calls }) => ({
      month: month ?? null,
      outputSize: outputSize ?? null,
      calls,
    })),
  };
}

/** The hole that a daemon printed. */
export function gapOf({ from, to, requests, ...gap }: GapJson): CoverageGap {
  const { symbol, interval, adjustment } = gap;
  return {
    ...gap,
    from: Date.parse(from),
    to: Date.parse(to),
    requests: requests.map(({ month, outputSize, calls }) => ({
      ...{ symbol, interval, adjusted: adjustment === 'adjusted', calls },
      month: month ?? undefined,
      outputSize: outputSize ?? undefined,
    })),
  };
}
