import { type BarBatch, type BatchIdentity, brokenRulesAt, decimalTextAt } from '@quantumtrade/shared-types';
import { sessionDateText } from './session-date.ts';

/**
 * The bars of a batch from a row on as JSON objects with the fields of a stored bar. Written out here, because what all
 * rows share is then printed once, and no object is made a row only to be printed.
 */
export function barsAsJson(batch: BarBatch, identity: BatchIdentity, from: number): string[] {
  const { open, high, low, close, adjustedClose, volume, barLabel, lastRefreshed } = batch;
  const head = `${JSON.stringify(batch.series).slice(0, -1)},"openTime":`;
  const common = { barLabel, lastRefreshed, ingestedAt: identity.acceptedAt, batchId: identity.batchId };
  const tail = `,${JSON.stringify(common).slice(1)}`;
  const texts: string[] = [];
  // Neighbours mostly share their date.
  let [day, sessionDate] = [Number.NaN, ''];
  for (let row = from; row < batch.length; row++) {
    if (batch.sessionDate[row] !== day) {
      day = batch.sessionDate[row] as number;
      sessionDate = sessionDateText(day);
    }
    // The text of a decimal holds nothing that JSON would escape.
    const adjusted = adjustedClose === undefined ? 'null' : `"${decimalTextAt(adjustedClose, row)}"`;
    const traded = volume === undefined ? 'null' : `"${decimalTextAt(volume, row)}"`;
    const rules = batch.brokenRules === undefined ? '[]' : JSON.stringify(brokenRulesAt(batch, row));
    texts.push(
      `${head}${batch.openTime[row]},"sessionDate":"${sessionDate}","open":"${decimalTextAt(open, row)}",` +
        `"high":"${decimalTextAt(high, row)}","low":"${decimalTextAt(low, row)}",` +
        `"close":"${decimalTextAt(close, row)}","adjustedClose":${adjusted},"volume":${traded},` +
        `"qualityScore":${batch.qualityScore[row]},"brokenRules":${rules}${tail}`,
    );
  }
  return texts;
}
