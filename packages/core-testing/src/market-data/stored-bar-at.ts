import {
  type BarBatch,
  type BatchIdentity,
  barTextAt,
  brokenRulesAt,
  type Series,
  type StoredBar,
} from '@quantumtrade/shared-types';

/** One row of a batch as a store keeps it. */
export function storedBarAt(batch: BarBatch, row: number, identity: BatchIdentity): StoredBar {
  const text = barTextAt(batch, row);
  const { open = '', high = '', low = '', close = '' } = text;
  return {
    ...seriesOf(batch.series),
    openTime: batch.openTime[row] ?? Number.NaN,
    sessionDate: new Date((batch.sessionDate[row] ?? Number.NaN) * 86_400_000).toISOString().slice(0, 10),
    open,
    high,
    low,
    close,
    adjustedClose: text.adjustedClose ?? null,
    volume: text.volume ?? null,
    qualityScore: batch.qualityScore[row] ?? 0,
    brokenRules: [...brokenRulesAt(batch, row)],
    barLabel: batch.barLabel,
    ...(batch.lastRefreshed === undefined ? {} : { lastRefreshed: batch.lastRefreshed }),
    ingestedAt: identity.acceptedAt,
    batchId: identity.batchId,
  };
}

/** The four fields that identify a series, and nothing else that the object may carry. */
export function seriesOf({ symbol, interval, source, adjustment }: Series): Series {
  return { symbol, interval, source, adjustment };
}

/** Text that two series share only when they are the same. */
export function seriesKey({ symbol, interval, source, adjustment }: Series): string {
  return JSON.stringify([symbol, interval, source, adjustment]);
}
