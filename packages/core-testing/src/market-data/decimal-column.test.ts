import { decimalTextAt } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalColumn } from './decimal-column.ts';

describe('decimalColumn', () => {
  it('takes the widest scale of its texts', () => {
    expect(decimalColumn(['1.5', '-0.25', '3'])).toEqual({ scale: 2, units: Float64Array.of(150, -25, 300) });
    expect(decimalColumn([])).toEqual({ scale: 0, units: new Float64Array(0) });
  });

  it('becomes wide as soon as one value needs it', () => {
    expect(decimalColumn(['1', '9007199254740991']).units).toBeInstanceOf(Float64Array);
    expect(decimalColumn(['1', '9007199254740992']).units).toEqual([1n, 9007199254740992n]);
    expect(decimalColumn(['1', '-9007199254740993']).units).toEqual([1n, -9007199254740993n]);
  });

  it('gives every text back digit by digit', () => {
    const text = fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.stringMatching(/^\d{0,17}[1-9]$/))
      .map(([whole, fraction]) => `${whole}.${fraction}`);
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
        const column = decimalColumn(texts);
        expect(texts.map((_, row) => decimalTextAt(column, row))).toEqual(texts);
      }),
    );
  });

  it.each(['', ' 1', '1 ', '+1', '.5', '5.', '1e5', 'NaN', '1,5', '--1', '１'])('refuses %j', (text) => {
    expect(() => decimalColumn([text])).toThrow('no plain decimal');
  });

  it('refuses more than 18 decimals', () => {
    expect(decimalColumn([`0.${'1'.repeat(18)}`]).scale).toBe(18);
    expect(() => decimalColumn([`0.${'1'.repeat(19)}`])).toThrow('19 decimals are too many');
  });
});
