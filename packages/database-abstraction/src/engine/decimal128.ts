import type { DecimalColumn } from '@quantumtrade/shared-types';

/** Decimal places of every stored decimal: `Decimal(38, 18)`. */
const storedScale = 18;

/** Largest absolute value of a `Decimal(38, 18)` in units of 10^-18, plus one. */
const limit = 10n ** 38n;

/**
 * A decimal column as 128-bit two's complement integers of 10^-18 each, four little-endian 32-bit words a value: the
 * memory of a `Decimal(38, 18)` column.
 *
 * @throws RangeError for a value that such a column cannot hold, or a scale above 18: nothing is rounded.
 */
export function encodeDecimal128(column: DecimalColumn): Uint32Array {
  const words = new Uint32Array(column.units.length * 4);
  encodeDecimal128Into(words, column, 0, column.units.length);
  return words;
}

/**
 * The same of rows `from` to `to` (not included), to the front of memory that the caller has and that begins where a 64-bit
 * word does.
 *
 * @throws RangeError as {@link encodeDecimal128} does.
 */
export function encodeDecimal128Into(words: Uint32Array, column: DecimalColumn, from: number, to: number): void {
  const power = powerOf(column.scale);
  if (column.units instanceof Float64Array) encodeNarrow(words, column.units, power, from, to);
  else encodeWide(words, column.units, power, from, to);
}

function powerOf(scale: number): number {
  if (scale > storedScale)
    throw new RangeError(`scale ${scale} is more than the ${storedScale} places that are stored`);
  return storedScale - scale;
}

/**
 * Refuses a column that {@link encodeDecimal128} refuses.
 *
 * @throws RangeError for a value that a `Decimal(38, 18)` cannot hold, or a scale above 18.
 */
export function refuseUnstorableDecimals({ scale, units }: DecimalColumn): void {
  if (!(units instanceof Float64Array)) return void encodeDecimal128({ scale, units });
  powerOf(scale);
  // A loop of our own takes a fifth of the time of `every`.
  for (let i = 0; i < units.length; i++) {
    if (!Number.isSafeInteger(units[i])) throw new RangeError('a value among safe integers is none');
  }
}

const bits24 = 0x1000000;
const bits28 = 0x10000000;
/** A power of two: multiplying by it is dividing by 2^24 exactly. */
const perBits24 = 1 / bits24;

/**
 * Safe integers times a power of ten, without BigInt: both factors are split into limbs of 24 bits, so that every
 * partial product and sum stays exact in a double. The remainder is taken by subtraction, because `%` of doubles costs
 * more than all the rest.
 */
function encodeNarrow(words: Uint32Array, units: Float64Array, power: number, from: number, to: number): void {
  const factor = 10 ** power;
  const m0 = factor % bits24;
  const m1 = Math.floor(factor * perBits24) % bits24;
  const m2 = Math.floor(factor * perBits24 * perBits24);
  for (let i = from; i < to; i++) {
    const value = units[i] as number;
    const magnitude = Math.abs(value);
    // Written so that NaN fails too.
    if (!(magnitude <= Number.MAX_SAFE_INTEGER && Math.floor(magnitude) === magnitude)) {
      throw new RangeError('a value among safe integers is none');
    }
    const at = (i - from) * 4;
    if (magnitude < bits28) {
      // What prices and volumes mostly are, in one limb: each product stays below 2^52.
      const low = magnitude * m0;
      let carry = Math.floor(low * perBits24);
      const middle = magnitude * m1 + carry;
      const r0 = low - carry * bits24;
      carry = Math.floor(middle * perBits24);
      const r1 = middle - carry * bits24;
      const high = magnitude * m2 + carry;
      words[at] = r0 | (r1 << 24);
      words[at + 1] = (r1 >>> 8) | (high << 16);
      words[at + 2] = high / 0x10000;
      words[at + 3] = 0;
      if (value < 0) negate(words, at);
      continue;
    }
    let carry = Math.floor(magnitude * perBits24);
    const u0 = magnitude - carry * bits24;
    const u2 = Math.floor(carry * perBits24);
    const u1 = carry - u2 * bits24;
    let sum = u0 * m0;
    carry = Math.floor(sum * perBits24);
    const r0 = sum - carry * bits24;
    sum = carry + u0 * m1 + u1 * m0;
    carry = Math.floor(sum * perBits24);
    const r1 = sum - carry * bits24;
    sum = carry + u0 * m2 + u1 * m1 + u2 * m0;
    carry = Math.floor(sum * perBits24);
    const r2 = sum - carry * bits24;
    sum = carry + u1 * m2 + u2 * m1;
    carry = Math.floor(sum * perBits24);
    const r3 = sum - carry * bits24;
    const r4 = carry + u2 * m2;
    // A safe integer (below 2^53) times at most 10^18 (below 2^60) is below 2^113: r4 keeps below 2^17.
    words[at] = r0 | (r1 << 24);
    words[at + 1] = (r1 >>> 8) | (r2 << 16);
    words[at + 2] = (r2 >>> 16) | (r3 << 8);
    words[at + 3] = r4;
    if (value < 0) negate(words, at);
  }
}

function negate(words: Uint32Array, at: number): void {
  let carry = 1;
  for (let k = 0; k < 4; k++) {
    const word = (~(words[at + k] as number) >>> 0) + carry;
    words[at + k] = word;
    carry = word > 0xffffffff ? 1 : 0;
  }
}

function encodeWide(words: Uint32Array, units: readonly bigint[], power: number, from: number, to: number): void {
  const values = new BigUint64Array(words.buffer, words.byteOffset, (to - from) * 2);
  const factor = 10n ** BigInt(power);
  for (let i = from; i < to; i++) {
    const value = (units[i] as bigint) * factor;
    if (value >= limit || value <= -limit) throw new RangeError('a value does not fit the 38 digits that are stored');
    values[(i - from) * 2] = BigInt.asUintN(64, value);
    values[(i - from) * 2 + 1] = BigInt.asUintN(64, value >> 64n);
  }
}
