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
 * A vendor prints all rows alike, so those bytes are compared eight at a time and nothing is parsed. It takes a row only
 * when every byte of it is known to mean what it means in the row that the shape was learned from; at the first other one
 * it stops, and whoever reads goes on byte by byte.
 */
export class RowShape {
  readonly #fields: readonly number[];
  readonly #label: LabelShape;
  /** The gaps behind the label and behind each value. */
  readonly #gaps: readonly Gap[];
  /** Start and end of the label and of each value of the row at hand. */
  readonly #bounds: Uint32Array;

  private constructor(label: Uint8Array, fields: readonly number[], gaps: readonly Uint8Array[]) {
    this.#fields = fields;
    this.#label = labelShape(label);
    this.#gaps = gaps.map(gapOf);
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
    const label = body.subarray(row.labelStart, row.labelEnd);
    return label.length < 4 ? undefined : new RowShape(label, fields, gaps);
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
    const size = body.length;
    let at = label + this.#label.length;
    if (at > size || !hasLabelAt(view, label, this.#label)) return -1;
    bounds[0] = label;
    bounds[1] = at;
    const count = this.#fields.length;
    for (let i = 0; i <= count; i++) {
      const gap = this.#gaps[i] as Gap;
      if (at + gap.length > size || !isGapAt(view, at, gap)) return -1;
      at += gap.length;
      if (i === count) break;
      bounds[2 * i + 2] = at;
      while (at < size && isNumberByte(body[at] as number)) at++;
      bounds[2 * i + 3] = at;
    }
    // The last gap ends with the quote of the next label, so a row follows.
    return body[at - 1] === quote ? at : -1;
  }
}

/**
 * The bytes of a gap in pieces, as numbers that are compared without a BigInt: eight bytes each as the double that they would
 * be, equal where the bytes are, but for NaN, which is equal to nothing, and the two zeros, which no JSON has; a gap of less
 * than eight as two words of four. The last piece may overlap the one before.
 */
interface Gap {
  readonly length: number;
  readonly pieces: Float64Array;
}

function gapOf(bytes: Uint8Array): Gap {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  if (length < 8) return { length, pieces: Float64Array.of(view.getUint32(0, true), view.getUint32(length - 4, true)) };
  const found = new Float64Array(piecesIn(length, 8));
  for (let i = 0; i < found.length; i++) found[i] = view.getFloat64(placeOf(i, length, 8), true);
  return { length, pieces: found };
}

/** How many pieces of a width cover so many bytes. */
function piecesIn(length: number, width: number): number {
  return Math.ceil(length / width);
}

/** Where a piece of them begins; the last one ends with them. */
function placeOf(piece: number, length: number, width: number): number {
  return Math.min(width * piece, length - width);
}

function isGapAt(view: DataView, at: number, { length, pieces }: Gap): boolean {
  if (length < 8) {
    return view.getUint32(at, true) === pieces[0] && view.getUint32(at + length - 4, true) === pieces[1];
  }
  const last = pieces.length - 1;
  for (let i = 0; i < last; i++) if (view.getFloat64(at + 8 * i, true) !== pieces[i]) return false;
  return view.getFloat64(at + length - 8, true) === pieces[last];
}

/**
 * What the labels of all rows have in common, four bytes at a time: where one has a digit the others have a byte from `0` to
 * `?`, none of which a string would have to escape, and its other bytes are the same in all.
 */
interface LabelShape {
  readonly length: number;
  readonly masks: Int32Array;
  readonly bytes: Int32Array;
}

function labelShape(label: Uint8Array): LabelShape {
  const { length } = label;
  const masks = label.map((byte) => (byte >= 0x30 && byte <= 0x39 ? 0xf0 : 0xff));
  const common = label.map((byte, i) => byte & (masks[i] as number));
  const words = (bytes: Uint8Array): Int32Array => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    const found = new Int32Array(piecesIn(length, 4));
    for (let i = 0; i < found.length; i++) found[i] = view.getInt32(placeOf(i, length, 4), true);
    return found;
  };
  return { length, masks: words(masks), bytes: words(common) };
}

function hasLabelAt(view: DataView, at: number, { length, masks, bytes }: LabelShape): boolean {
  const last = masks.length - 1;
  for (let i = 0; i < last; i++) {
    if ((view.getInt32(at + 4 * i, true) & (masks[i] as number)) !== bytes[i]) return false;
  }
  return (view.getInt32(at + length - 4, true) & (masks[last] as number)) === bytes[last];
}

/** Digits, `.` and `-`. */
function isNumberByte(c: number): boolean {
  return c <= 0x39 && c >= 0x2d && c !== 0x2f;
}
