import { type Adjustment, type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';
import { planBackfill } from '../collection/backfill.ts';
import type { CoverageGap } from '../coverage/coverage-gaps.ts';
import { distinctRequests } from '../coverage/coverage-gaps.ts';
import type { CoverageQuery } from '../coverage/coverage-ledger.ts';
import type { CollectorMemory } from '../memory/collector-memory.ts';

/** Which history is wanted. */
export interface WantedHistory {
  /** In the order in which they are asked for. */
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly adjustment: Adjustment;
  /** First and last trading day, `2024-01-02`, both included. */
  readonly from: string;
  readonly to: string;
  /** The months of these days, oldest first. */
  readonly months: readonly string[];
}

/** A part of it that has to be asked for. */
export interface MissingPart {
  readonly symbol: string;
  /** All of the history, or its newest part, without one. */
  readonly month?: string | undefined;
  /** Calls to the vendor. */
  readonly calls: number;
}

/** What is missing of a history, by symbol and oldest first. */
export type MissingHistory = (wanted: WantedHistory) => Promise<readonly MissingPart[]>;

/** Holes as the ledger of coverage has them. */
export type GapsOf = (query: CoverageQuery) => Promise<readonly CoverageGap[]>;

/** What the ledger says is pending: what is there, or known to be empty or not to be had, costs no call. */
export function missingByLedger(gaps: GapsOf, source: string): MissingHistory {
  return async ({ symbols, interval, adjustment, from, to }) =>
    distinctRequests(await gaps({ symbols, interval, source, adjustment, from, to }));
}

/** What was never finished: for those who cannot look into the store. */
export function missingByMemory(
  memory: Pick<CollectorMemory, 'finishedMonths'>,
  scope: { readonly source: string; readonly database: string },
): MissingHistory {
  return async ({ symbols, interval, adjustment, months }) => {
    if (intradayMilliseconds(interval) === undefined) return symbols.map((symbol) => ({ symbol, calls: 1 }));
    const request = { ...scope, symbols, interval, months, adjusted: adjustment === 'adjusted', prioritySymbols: [] };
    return planBackfill(request, memory).jobs.map(({ symbol, month }) => ({ symbol, month, calls: 1 }));
  };
}
