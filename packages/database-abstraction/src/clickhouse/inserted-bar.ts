import {
  type BarBatch,
  type BatchIdentity,
  barTextAt,
  brokenRulesAt,
  type StoredBar,
} from '@quantumtrade/shared-types';
import { isStorableInstant } from './stored-range.ts';

const dayMs = 86_400_000;
/** How the engine writes the id of a batch: it reads other ways too. */
const plainId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * A row of a batch as the engine will give it back, whose values were found to fit. `undefined` where that is not known for
 * sure: for an id that the engine writes in another way than it was given, text that is no proper Unicode, and a version
 * of no whole millisecond.
 *
 * @param version when it was accepted: milliseconds (UTC).
 */
export function insertedBar(
  batch: BarBatch,
  row: number,
  { batchId }: BatchIdentity,
  version: number,
): StoredBar | undefined {
  const { symbol, interval, source, adjustment } = batch.series;
  const { lastRefreshed = '' } = batch;
  const brokenRules = [...brokenRulesAt(batch, row)];
  const { open, high, low, close, adjustedClose = null, volume = null } = barTextAt(batch, row);
  const isPlain =
    plainId.test(batchId) &&
    isStorableInstant(version) &&
    [lastRefreshed, ...brokenRules].every((text) => text.isWellFormed());
  if (!isPlain || open === undefined || high === undefined || low === undefined || close === undefined)
    return undefined;
  return {
    symbol,
    interval,
    source,
    adjustment,
    // Zero may come with a sign, which no integer has.
    openTime: (batch.openTime[row] as number) + 0,
    sessionDate: new Date((batch.sessionDate[row] as number) * dayMs).toISOString().slice(0, 10),
    open,
    high,
    low,
    close,
    adjustedClose,
    volume,
    qualityScore: batch.qualityScore[row] as number,
    brokenRules,
    barLabel: batch.barLabel,
    ...(lastRefreshed === '' ? {} : { lastRefreshed }),
    ingestedAt: version,
    batchId,
  };
}
