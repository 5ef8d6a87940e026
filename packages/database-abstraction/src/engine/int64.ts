/**
 * Safe integers as 64-bit two's complement integers, two little-endian 32-bit words a value, without a BigInt a value: the
 * memory of an `Int64`, a `DateTime64` or a `Decimal(18, s)` column. What is no safe integer must not be given.
 */
export function encodeInt64(values: Float64Array): Uint32Array {
  const words = new Uint32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const high = Math.floor(value * perWord);
    words[i * 2] = value - high * word;
    words[i * 2 + 1] = high;
  }
  return words;
}

const word = 2 ** 32;
/** A power of two: multiplying by it is dividing exactly. */
const perWord = 1 / word;
