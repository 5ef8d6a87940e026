import { describe, expect, it } from 'vitest';
import { constantColumns } from './constant-columns.ts';
import { stringColumn } from './native-format.ts';

describe('constantColumns', () => {
  it('lays out an instant as milliseconds in each row', () => {
    const type = "DateTime64(3, 'UTC')";
    const [column] = constantColumns({ at: { type, value: '2024-01-02 03:04:05.678' } }, 2);
    const ticks = new BigInt64Array(column?.bytes.slice().buffer ?? new ArrayBuffer(0));
    expect([column?.type, ...ticks]).toEqual([type, 1704164645678n, 1704164645678n]);
  });

  it('lays out an id as two numbers in each row', () => {
    const value = '01234567-89ab-cdef-0011-2233445566ff';
    const [column] = constantColumns({ id: { type: 'UUID', value } }, 2);
    const words = new BigUint64Array(column?.bytes.slice().buffer ?? new ArrayBuffer(0));
    const [high, low] = [0x0123456789abcdefn, 0x00112233445566ffn];
    expect([column?.type, ...words]).toEqual(['UUID', high, low, high, low]);
  });

  it.each([
    ['LowCardinality(String)', "o'clock\t€"],
    ['UInt8', '7'],
    ["DateTime64(3, 'UTC')", 'not an instant'],
    ['UUID', 'not an id'],
  ])('leaves %s of %s to the engine, as text', (type, value) => {
    for (const rows of [0, 1, 2, 7, 300]) {
      expect(constantColumns({ x: { type, value } }, rows)).toEqual([stringColumn('x', Array(rows).fill(value))]);
    }
  });
});
