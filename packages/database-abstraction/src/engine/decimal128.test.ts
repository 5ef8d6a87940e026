import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDecimal128 } from './decimal128.ts';

function decode(words: Uint32Array, row: number): bigint {
  let value = 0n;
  for (let k = 3; k >= 0; k--) value = (value << 32n) | BigInt(words[row * 4 + k] as number);
  return BigInt.asIntN(128, value);
}

describe('encodeDecimal128', () => {
  it('gives any safe integer at any scale exactly, as BigInt arithmetic would', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), fc.integer({ min: 0, max: 18 }), (units, scale) => {
        const words = encodeDecimal128({ scale, units: Float64Array.of(units) });
        expect(decode(words, 0)).toBe(BigInt(units) * 10n ** BigInt(18 - scale));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the extremes of safe integers exactly', () => {
    const powers = [24, 28, 48].flatMap((exponent) =>
      [-1, 0, 1].flatMap((more) => [2 ** exponent + more, -(2 ** exponent) + more]),
    );
    const extremes = [0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, ...powers];
    const words = encodeDecimal128({ scale: 0, units: Float64Array.from(extremes) });
    expect(extremes.map((_, row) => decode(words, row))).toEqual(extremes.map((value) => BigInt(value) * 10n ** 18n));
  });

  it('gives wide values exactly, negative ones included', () => {
    const units = [123456789012345678901234567890n, -1n, 0n];
    const words = encodeDecimal128({ scale: 14, units });
    expect(units.map((_, row) => decode(words, row))).toEqual(units.map((unit) => unit * 10n ** 4n));
  });

  it('refuses what 38 digits cannot hold instead of rounding it', () => {
    expect(() => encodeDecimal128({ scale: 0, units: [10n ** 20n] })).toThrow(RangeError);
    expect(() => encodeDecimal128({ scale: 19, units: Float64Array.of(1) })).toThrow(RangeError);
  });
});
