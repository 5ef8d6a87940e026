import type { TextColumn } from '@quantumtrade/shared-types';
import type { ValueRule } from './rules.ts';

/** The store holds `Decimal(38, 18)`. */
const maxScale = 18;
const maxWholeDigits = 20;
/** An exponent beyond this is no number that a vendor means; the limit also bounds the work that it can cause. */
const maxExponent = 99;

const minus = 0x2d;
const point = 0x2e;

/** An exact decimal: `units / 10^scale`, with a scale of 0 to 18. */
export interface ExactDecimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Parsed values of one column, each with its own scale: what they need to be brought to a common one later. */
export interface DecimalCells {
  /** Safe integers; `NaN` where the value stands in {@link DecimalCells.wide}. */
  readonly units: Float64Array;
  readonly scales: Uint8Array;
  /** Units beyond the safe integers, by position. An entry counts only where {@link DecimalCells.units} is `NaN`. */
  readonly wide: bigint[];
}

/** Room for so many values. */
export function createDecimalCells(length: number): DecimalCells {
  const memory = new ArrayBuffer(9 * length);
  return { units: new Float64Array(memory, 0, length), scales: new Uint8Array(memory, 8 * length), wide: [] };
}

/**
 * Parses the number in bytes `start` to `end` of a text into position `at`, or says which rule it breaks. Plain decimals
 * of up to 30 digits are read straight from the bytes; everything else goes through {@link parseDecimal}.
 */
export function parseDecimalInto(
  cells: DecimalCells,
  at: number,
  text: Uint8Array,
  start: number,
  end: number,
): ValueRule | undefined {
  if (parseShortInto(cells, at, text, start, end)) return undefined;
  if (start >= end) return 'missing_value';
  const negative = text[start] === minus;
  let i = negative ? start + 1 : start;
  let units = 0;
  let digits = 0;
  let scale = 0;
  for (; i < end; i++, digits++) {
    // For the bytes of '0' to '9', and for no others, this gives 0 to 9.
    const digit = (text[i] as number) ^ 0x30;
    if (digit > 9) break;
    units = units * 10 + digit;
  }
  if (i < end && text[i] === point) {
    for (i++; i < end; i++, digits++, scale++) {
      const digit = (text[i] as number) ^ 0x30;
      if (digit > 9) break;
      units = units * 10 + digit;
    }
  }
  const plain = i === end && digits > 0 && scale <= maxScale;
  // Rounding never carries a sum from above the safe integers back among them, so a safe result was exact throughout.
  if (plain && units <= Number.MAX_SAFE_INTEGER) {
    // 0 - units rather than -units: minus zero is not a value that a store knows.
    cells.units[at] = negative ? 0 - units : units;
    cells.scales[at] = scale;
    return undefined;
  }
  if (plain && digits <= 2 * halfDigits && digits - scale <= maxWholeDigits) {
    const exact = digitsIn(text, negative ? start + 1 : start, end, digits);
    cells.units[at] = Number.NaN;
    cells.wide[at] = negative ? -exact : exact;
    cells.scales[at] = scale;
    return undefined;
  }
  return parseUnusualInto(cells, at, text.subarray(start, end));
}

/** So many digits stay within 32 bits, whichever they are. */
const shortDigits = 9;

/**
 * Parses what nearly every price and volume is, nine digits at most without a sign, with whole numbers of 32 bits: two
 * thirds of the time of arithmetic that could hold more. False for everything else.
 */
function parseShortInto(cells: DecimalCells, at: number, text: Uint8Array, start: number, end: number): boolean {
  if (end - start > shortDigits + 1) return false;
  let units = 0;
  let digit = 0;
  let i = start;
  for (; i < end; i++) {
    digit = (text[i] as number) ^ 0x30;
    if (digit > 9) break;
    units = (Math.imul(units, 10) + digit) | 0;
  }
  if (i === end) {
    if (end <= start || end - start > shortDigits) return false;
    cells.units[at] = units;
    cells.scales[at] = 0;
    return true;
  }
  if (text[i] !== point || end - start === 1) return false;
  const fraction = i + 1;
  for (i = fraction; i < end; i++) {
    digit = (text[i] as number) ^ 0x30;
    if (digit > 9) return false;
    units = (Math.imul(units, 10) + digit) | 0;
  }
  cells.units[at] = units;
  cells.scales[at] = end - fraction;
  return true;
}

/** Told about a value that cannot be kept exactly. */
type Complaint = (row: number, rule: ValueRule) => void;

/** Rows `from` to `to`, the last one not included. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Parses some rows of a column of texts, row `i` into position `i`. What cannot be kept exactly is complained about.
 */
export function parseDecimalColumn(
  cells: DecimalCells,
  text: Uint8Array,
  { starts, ends }: TextColumn,
  { from, to }: RowRange,
  complain: Complaint,
): void {
  for (let row = from; row < to; row++) {
    const rule = parseDecimalInto(cells, row, text, starts[row] as number, ends[row] as number);
    if (rule !== undefined) complain(row, rule);
  }
}

/** Moves the values at the given positions, in rising order, to the front. */
export function keepCells({ units, scales, wide }: DecimalCells, positions: Uint32Array): void {
  for (let at = 0; at < positions.length; at++) {
    const from = positions[at] as number;
    units[at] = units[from] as number;
    scales[at] = scales[from] as number;
    if (Number.isNaN(units[at])) wide[at] = wide[from] as bigint;
  }
}

/** So many digits are a safe integer, whichever they are. */
const halfDigits = 15;
const widePowers: readonly bigint[] = Array.from({ length: halfDigits + 1 }, (_, exponent) => 10n ** BigInt(exponent));

/** The whole number in the 16 to 30 digits of a plain decimal, its point left out. */
function digitsIn(text: Uint8Array, start: number, end: number, count: number): bigint {
  let head = 0;
  let tail = 0;
  let seen = 0;
  for (let i = start; i < end; i++) {
    if (text[i] === point) continue;
    const digit = (text[i] as number) ^ 0x30;
    if (seen++ < halfDigits) head = head * 10 + digit;
    else tail = tail * 10 + digit;
  }
  return BigInt(head) * (widePowers[count - halfDigits] as bigint) + BigInt(tail);
}

const decoder = new TextDecoder();

function parseUnusualInto(cells: DecimalCells, at: number, bytes: Uint8Array): ValueRule | undefined {
  const parsed = parseDecimal(decoder.decode(bytes));
  if (typeof parsed === 'string') return parsed;
  const units = Number(parsed.units);
  if (Number.isSafeInteger(units)) {
    cells.units[at] = units;
  } else {
    cells.units[at] = Number.NaN;
    cells.wide[at] = parsed.units;
  }
  cells.scales[at] = parsed.scale;
  return undefined;
}

const decimal = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/**
 * Parses any decimal text exactly, or says which rule it breaks: `1.5`, `+.5`, `1.5e3`, surrounding blanks. Zeros that
 * do not matter are dropped before the limits (20 digits before the point, 18 after it) are applied.
 */
export function parseDecimal(text: string): ExactDecimal | ValueRule {
  if (text === '') return 'missing_value';
  const match = decimal.exec(text.trim());
  if (!match) return 'malformed_number';
  const [, sign, whole = '', fractionAfterWhole, bareFraction, exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > maxExponent) return 'malformed_number';
  const fraction = fractionAfterWhole ?? bareFraction ?? '';
  const digits = whole + fraction;
  let first = 0;
  while (first < digits.length && digits[first] === '0') first++;
  let last = digits.length;
  while (last > first && digits[last - 1] === '0') last--;
  if (first === last) return { units: 0n, scale: 0 };
  const significant = digits.slice(first, last);
  // Negative where zeros are missing at the end: 1.5e3 has the digits 15 and the scale -2.
  const scale = fraction.length - exponent - (digits.length - last);
  if (scale > maxScale || significant.length - scale > maxWholeDigits) return 'value_not_exact';
  const units = BigInt(significant.padEnd(significant.length - Math.min(scale, 0), '0'));
  return { units: sign === '-' ? -units : units, scale: Math.max(scale, 0) };
}
