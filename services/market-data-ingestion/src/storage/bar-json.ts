import { type BarBatch, type BatchIdentity, brokenRulesAt, decimalTextAt } from '@quantumtrade/shared-types';
import { sessionDateText } from './session-date.ts';

/** What a bar does not share with the others of its batch, in the order of a row. */
const ownFields = [
  'openTime',
  'sessionDate',
  'open',
  'high',
  'low',
  'close',
  'adjustedClose',
  'volume',
  'qualityScore',
  'brokenRules',
] as const;

/**
 * The bars of a batch from a row on as JSON, for {@link barsOfJson}: what they share once, and a list of values a bar. As a
 * list of stored bars it would be five times as long, and take as much longer to make and to keep.
 */
export function barsAsJson(batch: BarBatch, identity: BatchIdentity, from: number): string {
  const rows: string[] = [];
  // Neighbours mostly share their date.
  let [day, sessionDate] = [Number.NaN, ''];
  for (let row = from; row < batch.length; row++) {
    if (batch.sessionDate[row] !== day) {
      day = batch.sessionDate[row] as number;
      sessionDate = sessionDateText(day);
    }
    rows.push(rowAsJson(batch, row, sessionDate));
  }
  return `{"common":${JSON.stringify(commonOf(batch, identity))},"rows":[${rows.join(',')}]}`;
}

/** One bar of a batch as the JSON of a stored bar. */
export function barAsJson(batch: BarBatch, identity: BatchIdentity, row: number): string {
  const values: unknown = JSON.parse(rowAsJson(batch, row, sessionDateText(batch.sessionDate[row] as number)));
  return JSON.stringify(barOf(commonOf(batch, identity), values));
}

/** What {@link barsAsJson} was given, as far as the text is of that form. @throws SyntaxError for what is no JSON. */
export function barsOfJson(text: string): readonly unknown[] {
  const { common, rows } = (JSON.parse(text) ?? {}) as { readonly common?: unknown; readonly rows?: unknown };
  return Array.isArray(rows) ? rows.map((row) => barOf(common, row)) : [];
}

function commonOf({ series, barLabel, lastRefreshed }: BarBatch, { acceptedAt, batchId }: BatchIdentity): object {
  return { ...series, barLabel, lastRefreshed, ingestedAt: acceptedAt, batchId };
}

function barOf(common: unknown, row: unknown): object {
  const values: readonly unknown[] = Array.isArray(row) ? row : [];
  return { ...(common as object), ...Object.fromEntries(ownFields.map((field, i) => [field, values[i]])) };
}

/** The text of a decimal holds nothing that JSON would escape. */
function rowAsJson(batch: BarBatch, row: number, sessionDate: string): string {
  const { open, high, low, close, adjustedClose, volume } = batch;
  const adjusted = adjustedClose === undefined ? 'null' : `"${decimalTextAt(adjustedClose, row)}"`;
  const traded = volume === undefined ? 'null' : `"${decimalTextAt(volume, row)}"`;
  const rules = batch.brokenRules === undefined ? '[]' : JSON.stringify(brokenRulesAt(batch, row));
  return (
    `[${batch.openTime[row]},"${sessionDate}","${decimalTextAt(open, row)}","${decimalTextAt(high, row)}",` +
    `"${decimalTextAt(low, row)}","${decimalTextAt(close, row)}",${adjusted},${traded},${batch.qualityScore[row]},${rules}]`
  );
}
