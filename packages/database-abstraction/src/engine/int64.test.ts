import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeInt64, encodeInt64 } from './int64.ts';
import { bytesOf } from './native-format.ts';

it('writes safe integers as a BigInt64Array does, and reads them back', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (values) => {
      const words = encodeInt64(Float64Array.from(values));
      expect(words).toEqual(new Uint32Array(BigInt64Array.from(values, BigInt).buffer));
      // A zero without its sign, which an integer does not have.
      expect([...decodeInt64(bytesOf(words))]).toEqual(values.map((value) => value + 0));
    }),
  );
});

it('keeps the ends of safe integers and of words', () => {
  const ends = [0, -1, 1, 2 ** 32, 2 ** 32 - 1, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1];
  expect([...decodeInt64(bytesOf(encodeInt64(Float64Array.from(ends))))]).toEqual(ends);
});
