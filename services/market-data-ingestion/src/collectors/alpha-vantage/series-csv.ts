import { BodyError } from '../shared/body-error.ts';
import { ColumnsBuilder, fieldNumber, plainName, type SeriesColumns } from '../shared/columns.ts';
import { type Field, LineScanner } from './line-scanner.ts';

/** The rows of a CSV answer and the bytes that they point into. */
export interface CsvAnswer {
  readonly series: SeriesColumns;
  readonly text: Uint8Array;
}

/** What a header's column is for: a field's number, the label, or nothing. */
const labelColumn = -2;
const ignoredColumn = -1;

/**
 * Reads a CSV answer by its header; `undefined` when the first line is not the header of a series of bars.
 *
 * Lines end in LF or CRLF, and blank ones are passed over. A row with another number of fields than the header keeps
 * its label and loses its values, because none of them can be trusted to stand in its column.
 *
 * @throws BodyError where the body was cut: in its header, or in its last row.
 */
export function readCsvAnswer(body: Uint8Array): CsvAnswer | undefined {
  const scanner = new LineScanner(body);
  if (!scanner.line()) return undefined;
  const names = scanner.fields.map((_, i) => scanner.field(i));
  if (names.some((name) => name.includes('\r'))) throw new BodyError('its lines end in carriage returns alone', false);
  const columns = columnsOf(names);
  if (columns === undefined) return undefined;
  const present = columns.filter((column) => column >= 0);
  if (![0, 1, 2, 3].every((field) => present.includes(field)) || new Set(present).size < present.length) {
    throw new BodyError('the CSV header does not name open, high, low and close once each', !scanner.terminated);
  }
  // The vendor ends every line of its CRLF bodies: a last line without an end may have lost a part of its last value.
  const crlf = scanner.sawCarriageReturn;
  const labelAt = columns.indexOf(labelColumn);
  const rows = new ColumnsBuilder(Math.ceil(body.length / 40));
  let whole = true;
  while (scanner.line()) {
    const { fields } = scanner;
    const label = fields[labelAt];
    rows.addRow(label?.start ?? 0, label?.end ?? 0);
    whole = fields.length === columns.length && !scanner.irregular && (scanner.terminated || !crlf);
    if (!whole) continue;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] as number;
      const field = fields[i] as Field;
      if (column >= 0) rows.setValue(column, field.start, field.end);
    }
  }
  if (!whole) throw new BodyError('the CSV ends in the middle of a row', true);
  return { series: rows.build(present), text: scanner.text() };
}

function columnsOf(names: readonly string[]): readonly number[] | undefined {
  const plain = names.map(plainName);
  const labelAt = plain.findIndex((name) => name === 'timestamp' || name === 'time');
  if (labelAt < 0) return undefined;
  return names.map((name, i) => {
    if (i === labelAt) return labelColumn;
    const field = fieldNumber(name);
    return field < 0 ? ignoredColumn : field;
  });
}
