import type { BatchIdentity } from '../contracts/market-data-store.ts';
import { type BarBatch, barTextAt } from './bar-batch.ts';
import { brokenRulesAt } from './broken-rules.ts';
import type { StoredBar } from './market-data.ts';

const dayMs = 86_400_000;

/**
 * One row of a batch as a store gives it back; `acceptedAt` is the instant of its version, milliseconds (UTC).
 *
 * @throws RangeError for a row that the batch does not have.
 */
export function storedBarAt(batch: BarBatch, row: number, { batchId, acceptedAt }: BatchIdentity): StoredBar {
  const { symbol, interval, source, adjustment } = batch.series;
  const { open = '', high = '', low = '', close = '', adjustedClose = null, volume = null } = barTextAt(batch, row);
  const { lastRefreshed = '' } = batch;
  return {
    ...{ symbol, interval, source, adjustment },
    // Zero may come with a sign, which no integer has.
    openTime: (batch.openTime[row] as number) + 0,
    sessionDate: new Date((batch.sessionDate[row] as number) * dayMs).toISOString().slice(0, 10),
    ...{ open, high, low, close, adjustedClose, volume },
    qualityScore: batch.qualityScore[row] as number,
    brokenRules: [...brokenRulesAt(batch, row)],
    barLabel: batch.barLabel,
    ...(lastRefreshed === '' ? {} : { lastRefreshed }),
    ingestedAt: acceptedAt,
    batchId,
  };
}
