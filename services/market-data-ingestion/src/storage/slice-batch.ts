import type { BarBatch, DecimalColumn } from '@quantumtrade/shared-types';

/** The rows `from` to `to` (not included) of a batch, as a batch; values are not copied. */
export function sliceBatch(batch: BarBatch, from: number, to: number): BarBatch {
  const part = (column: DecimalColumn): DecimalColumn => ({
    scale: column.scale,
    units: column.units instanceof Float64Array ? column.units.subarray(from, to) : column.units.slice(from, to),
  });
  return {
    ...batch,
    length: to - from,
    openTime: batch.openTime.subarray(from, to),
    sessionDate: batch.sessionDate.subarray(from, to),
    open: part(batch.open),
    high: part(batch.high),
    low: part(batch.low),
    close: part(batch.close),
    adjustedClose: batch.adjustedClose && part(batch.adjustedClose),
    volume: batch.volume && part(batch.volume),
    qualityScore: batch.qualityScore.subarray(from, to),
    brokenRules: batch.brokenRules && { ...batch.brokenRules, index: batch.brokenRules.index.subarray(from, to) },
  };
}
