import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeInt64 } from './int64.ts';

function likeBigInts(values: readonly number[]): void {
  const expected = new Uint32Array(BigInt64Array.from(values, BigInt).buffer);
  expect(encodeInt64(Float64Array.from(values))).toEqual(expected);
}

it('writes safe integers as a BigInt64Array does', () => {
  fc.assert(fc.property(fc.array(fc.maxSafeInteger()), likeBigInts));
});

it('keeps the ends of safe integers and of words', () => {
  likeBigInts([0, -1, 1, 2 ** 32, 2 ** 32 - 1, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1]);
});
