import { BodyError } from '../shared/body-error.ts';
import { ColumnsBuilder, fieldNumber, plainName, type SeriesColumns } from '../shared/columns.ts';
import { TextArena } from '../shared/text-arena.ts';

/** The rows of a CSV answer and the bytes that they point into. */
export interface CsvAnswer {
  readonly series: SeriesColumns;
  readonly text: Uint8Array;
}

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Many times as many as a series has; a body of commas must not cost more than its reading. */
const mostFields = 256;

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

interface Field {
  start: number;
  end: number;
}

/** Splits a body into lines and fields. The fields of a line are valid until the next one is read. */
class LineScanner {
  readonly fields: Field[] = [];
  /** Whether the line ended with a line feed and not with the body. */
  terminated = true;
  /** Whether text stands beside the quotes of a field, or a quote is left open. */
  irregular = false;
  sawCarriageReturn = false;

  readonly #body: Uint8Array;
  readonly #pool: Field[] = [];
  readonly #arena: TextArena;
  #at = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
    this.#arena = new TextArena(body);
    if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) this.#at = 3;
  }

  /** Reads the next line that is not blank; `false` at the end. */
  line(): boolean {
    const body = this.#body;
    while (body[this.#at] === lineFeed || body[this.#at] === carriageReturn) this.#at++;
    if (this.#at >= body.length) return false;
    this.fields.length = 0;
    this.irregular = false;
    for (;;) {
      const index = this.fields.length;
      const field = this.#pool[index] ?? { start: 0, end: 0 };
      this.#pool[index] = field;
      this.fields.push(field);
      if (body[this.#at] === quote) this.#quoted(field);
      else this.#plain(field);
      if (this.fields.length === mostFields && body[this.#at] === comma) this.#skipLine();
      const c = body[this.#at];
      this.#at++;
      if (c !== comma) {
        this.terminated = c === lineFeed;
        return true;
      }
    }
  }

  /** Goes on to the end of a line that has more fields than any series. */
  #skipLine(): void {
    const end = this.#body.indexOf(lineFeed, this.#at);
    this.#at = end < 0 ? this.#body.length : end;
    this.irregular = true;
  }

  field(index: number): string {
    const { start, end } = this.fields[index] as Field;
    return new TextDecoder().decode(this.#arena.slice(start, end));
  }

  text(): Uint8Array {
    return this.#arena.text();
  }

  /** Leaves the position on the comma or line feed after the field, or at the end. */
  #plain(field: Field): void {
    const body = this.#body;
    const length = body.length;
    let at = this.#at;
    field.start = at;
    for (; at < length; at++) {
      const c = body[at];
      if (c === comma || c === lineFeed) break;
    }
    this.#at = at;
    if (at > field.start && body[at - 1] === carriageReturn && body[at] !== comma) {
      this.sawCarriageReturn = true;
      at--;
    }
    field.end = at;
  }

  #quoted(field: Field): void {
    const body = this.#body;
    field.start = this.#at + 1;
    let at = field.start;
    let doubled = false;
    for (; at < body.length; at++) {
      if (body[at] !== quote) continue;
      if (body[at + 1] !== quote) break;
      doubled = true;
      at++;
    }
    field.end = at;
    if (doubled) this.#unquote(field);
    const tail = { start: 0, end: 0 };
    this.irregular ||= at >= body.length;
    this.#at = Math.min(at + 1, body.length);
    this.#plain(tail);
    this.irregular ||= tail.end > tail.start;
  }

  /** Moves a field with doubled quotes to the arena behind the body, with single ones. */
  #unquote(field: Field): void {
    const start = this.#arena.end;
    let copied = field.start;
    for (let at = field.start; at < field.end; at++) {
      if (this.#body[at] !== quote) continue;
      this.#arena.append(this.#body.subarray(copied, at + 1));
      copied = at + 2;
      at++;
    }
    this.#arena.append(this.#body.subarray(copied, field.end));
    field.start = start;
    field.end = this.#arena.end;
  }
}
