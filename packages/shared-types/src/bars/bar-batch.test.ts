import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BarBatch, barTextAt, decimalTextAt } from './bar-batch.ts';

describe('decimalTextAt', () => {
  it.each<[number, number, string]>([
    [2182, 1, '218.2'],
    [218_200, 3, '218.2'],
    [21_800, 2, '218'],
    [5, 3, '0.005'],
    [0, 4, '0'],
    [-0, 4, '0'],
    [-5, 3, '-0.005'],
    [-3763, 2, '-37.63'],
    [100, 0, '100'],
    [Number.MAX_SAFE_INTEGER, 18, '0.009007199254740991'],
    [Number.MIN_SAFE_INTEGER, 0, '-9007199254740991'],
  ])('writes %d units at scale %d as %s', (units, scale, text) => {
    expect(decimalTextAt({ scale, units: Float64Array.of(units) }, 0)).toBe(text);
    expect(decimalTextAt({ scale, units: [BigInt(units)] }, 0)).toBe(text);
  });

  it('writes units that no safe integer holds', () => {
    const units = [10n ** 18n + 1n, -98765432109876543123456789012345678n];
    expect(decimalTextAt({ scale: 0, units }, 0)).toBe('1000000000000000001');
    expect(decimalTextAt({ scale: 18, units }, 1)).toBe('-98765432109876543.123456789012345678');
  });

  it('never rounds: the text times ten to the scale is the units again', () => {
    const units = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n });
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 18 }), (value, scale) => {
        const text = decimalTextAt({ scale, units: [value] }, 0);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const [whole = '', fraction = ''] = text.split('.');
        expect(BigInt(whole + fraction.padEnd(scale, '0'))).toBe(value);
        const safe = BigInt.asIntN(53, value);
        const asNumber = decimalTextAt({ scale, units: Float64Array.of(Number(safe)) }, 0);
        expect(asNumber).toBe(decimalTextAt({ scale, units: [safe] }, 0));
      }),
    );
  });

  it('refuses a row outside the column', () => {
    expect(() => decimalTextAt({ scale: 0, units: Float64Array.of(1) }, 1)).toThrow(RangeError);
    expect(() => decimalTextAt({ scale: 0, units: [] }, 0)).toThrow('row 0 is outside the column');
  });
});

describe('barTextAt', () => {
  const price = (...units: number[]) => ({ scale: 2, units: Float64Array.from(units) });
  const batch: BarBatch = {
    series: { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' },
    barLabel: 'start',
    length: 2,
    openTime: Float64Array.of(0, 86_400_000),
    sessionDate: Int32Array.of(0, 1),
    open: price(101, 102),
    high: price(201, 202),
    low: price(301, 302),
    close: price(401, 402),
    qualityScore: Uint8Array.of(100, 100),
  };

  it('gives each field its own column and row', () => {
    const full = { ...batch, adjustedClose: price(501, 502), volume: { scale: 0, units: [6n, 7n] } };
    expect(barTextAt(full, 1)).toEqual({
      open: '1.02',
      high: '2.02',
      low: '3.02',
      close: '4.02',
      adjustedClose: '5.02',
      volume: '7',
    });
  });

  it('leaves absent columns undefined', () => {
    expect(barTextAt(batch, 0)).toMatchObject({ close: '4.01', adjustedClose: undefined, volume: undefined });
  });
});
