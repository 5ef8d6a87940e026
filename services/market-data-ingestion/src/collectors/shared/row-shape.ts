import { rowsOfStep, type Steps } from '../../steps.ts';
import type { ColumnsBuilder } from './columns.ts';

const quote = 0x22;

/** One row as it was read byte by byte: where its label and its values stand. */
export interface ReadRow {
  readonly labelStart: number;
  readonly labelEnd: number;
  /** The number of each value's field in the order of the row, -1 for values that nobody asks for. */
  readonly fields: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The shape of a row in a series of JSON objects: the bytes between its label, its values and the label of the next row.
 * A vendor prints all rows alike, so those bytes are compared in words of four and nothing is parsed. It takes a row only
 * when every byte of it is known to mean what it means in the row that the shape was learned from; at the first other one
 * it stops, and whoever reads goes on byte by byte.
 */
export class RowShape {
  readonly #labelLength: number;
  readonly #fields: readonly number[];
  /** The gaps behind the label and behind each value, as little-endian words; the last word of a gap may overlap. */
  readonly #words: Uint32Array;
  /** Where the words of each gap begin, and the end of the last one. */
  readonly #firstWord: Uint32Array;
  readonly #gapLength: Uint32Array;
  /** Start and end of the label and of each value of the row at hand. */
  readonly #bounds: Uint32Array;

  private constructor(labelLength: number, fields: readonly number[], gaps: readonly Uint8Array[]) {
    this.#labelLength = labelLength;
    this.#fields = fields;
    const words: number[] = [];
    const firstWord = [0];
    for (const gap of gaps) {
      const view = new DataView(gap.buffer, gap.byteOffset, gap.length);
      for (let at = 0; at + 4 < gap.length; at += 4) words.push(view.getUint32(at, true));
      words.push(view.getUint32(gap.length - 4, true));
      firstWord.push(words.length);
    }
    this.#words = Uint32Array.from(words);
    this.#firstWord = Uint32Array.from(firstWord);
    this.#gapLength = Uint32Array.from(gaps, (gap) => gap.length);
    this.#bounds = new Uint32Array(2 * (fields.length + 1));
  }

  /**
   * Learns from a row whose label and values are all strings of the body, without escapes, and from where the label of the
   * next row begins. `undefined` where the row has no values, one field twice, or too many of them.
   */
  static learn(body: Uint8Array, row: ReadRow, nextLabel: number): RowShape | undefined {
    const { fields, starts, ends } = row;
    const known = fields.filter((field) => field >= 0);
    if (known.length === 0 || fields.length > 32 || new Set(known).size < known.length) return undefined;
    const gaps = [row.labelEnd, ...ends].map((end, i) => body.subarray(end, starts[i] ?? nextLabel));
    // Between two strings there are at least two quotes and a colon or a comma: only what is no JSON is shorter.
    if (gaps.some((gap) => gap.length < 4)) return undefined;
    return new RowShape(row.labelEnd - row.labelStart, fields, gaps);
  }

  /**
   * Takes rows of this shape from the one whose label begins at `at` (behind its quote) on, and gives the beginning of the
   * first label that it did not take.
   */
  *take(body: Uint8Array, at: number, rows: ColumnsBuilder): Steps<number> {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    let label = at;
    for (;;) {
      for (let taken = 0; taken < rowsOfStep; taken++) {
        const next = this.#match(body, view, label);
        if (next < 0) return label;
        rows.addWholeRow(this.#fields, this.#bounds);
        label = next;
      }
      yield;
    }
  }

  /** The beginning of the label behind the row that begins here, its places now in the bounds; -1 for another shape. */
  #match(body: Uint8Array, view: DataView, label: number): number {
    const bounds = this.#bounds;
    const words = this.#words;
    const firstWord = this.#firstWord;
    const size = body.length;
    let at = label + this.#labelLength;
    if (at > size) return -1;
    for (let i = label; i < at; i++) if (!isLabelByte(body[i] as number)) return -1;
    bounds[0] = label;
    bounds[1] = at;
    const count = this.#fields.length;
    for (let i = 0; i <= count; i++) {
      const gap = this.#gapLength[i] as number;
      if (at + gap > size) return -1;
      const lastWord = (firstWord[i + 1] as number) - 1;
      let from = at;
      for (let word = firstWord[i] as number; word < lastWord; word++, from += 4) {
        if (view.getUint32(from, true) !== words[word]) return -1;
      }
      at += gap;
      if (view.getUint32(at - 4, true) !== words[lastWord]) return -1;
      if (i === count) break;
      bounds[2 * i + 2] = at;
      while (at < size && isNumberByte(body[at] as number)) at++;
      bounds[2 * i + 3] = at;
    }
    // The last gap ends with the quote of the next label, so a row follows.
    return body[at - 1] === quote ? at : -1;
  }
}

/** Digits, `-`, `:`, blank and `T`: what no string has to escape. */
function isLabelByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x3a) || c === 0x2d || c === 0x20 || c === 0x54;
}

/** Digits, `.` and `-`. */
function isNumberByte(c: number): boolean {
  return c <= 0x39 && c >= 0x2d && c !== 0x2f;
}
