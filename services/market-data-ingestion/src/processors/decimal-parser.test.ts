import { type DecimalColumn, decimalTextAt } from '@quantumtrade/shared-types';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignColumns } from './decimal-columns.ts';
import { createDecimalCells, keepCells, parseDecimal, parseDecimalColumn, parseDecimalInto } from './decimal-parser.ts';

const encoder = new TextEncoder();

/** The text of a value after a way through cells and a column, or the rule it breaks. */
function readBack(text: string): string | undefined {
  const bytes = encoder.encode(text);
  const cells = createDecimalCells(1);
  const rule = parseDecimalInto(cells, 0, bytes, 0, bytes.length);
  return rule ?? decimalTextAt(alignColumns([cells], 1)[0] as DecimalColumn, 0);
}

/** The complaints about a column of texts, and the values that are left, as text. */
function parseColumn(texts: readonly string[]): { readonly rules: [number, string][]; readonly values: string[] } {
  const encoded = texts.map((text) => encoder.encode(text));
  const ends = Uint32Array.from(encoded, ({ length }) => length);
  for (let i = 1; i < ends.length; i++) ends[i] = (ends[i] as number) + (ends[i - 1] as number);
  const starts = ends.map((end, i) => end - (encoded[i]?.length ?? 0));
  const cells = createDecimalCells(texts.length);
  const rules: [number, string][] = [];
  const range = { from: 0, to: texts.length };
  parseDecimalColumn(cells, Buffer.concat(encoded), { starts, ends }, range, (row, rule) => rules.push([row, rule]));
  const kept = Uint32Array.from([...texts.keys()].filter((row) => !rules.some(([broken]) => broken === row)));
  keepCells(cells, kept);
  const column = alignColumns([cells], kept.length)[0] as DecimalColumn;
  return { rules, values: [...kept.keys()].map((row) => decimalTextAt(column, row)) };
}

function columnOf(texts: readonly string[]): DecimalColumn {
  const cells = createDecimalCells(texts.length);
  for (const [i, text] of texts.entries()) {
    const bytes = encoder.encode(text);
    expect(parseDecimalInto(cells, i, bytes, 0, bytes.length)).toBeUndefined();
  }
  return alignColumns([cells], texts.length)[0] as DecimalColumn;
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

/** Decimals that the store can hold, in the notations that vendors use. */
const exactDecimal = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: digits(1, 20),
    fraction: digits(0, 18),
    zeros: fc.constantFrom('', '0', '000000'),
    blank: fc.constantFrom('', ' ', '\t'),
  })
  .map(({ sign, whole, fraction, zeros, blank }) => {
    const tail = fraction + zeros;
    return `${blank}${sign}${whole}${tail === '' ? '' : `.${tail}`}${blank}`;
  });

function oracle(text: string): string {
  const value = new Decimal(text.trim().replace(/^\+/, ''));
  return value.isZero() ? '0' : value.toFixed();
}

describe('parsing decimals', () => {
  it('keeps every digit of any decimal within 20 digits before and 18 after the point', () => {
    fc.assert(
      fc.property(exactDecimal, (text) => {
        expect(readBack(text)).toBe(oracle(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps every value of a column whose values have different scales and sizes', () => {
    fc.assert(
      fc.property(fc.array(exactDecimal, { minLength: 1, maxLength: 8 }), (texts) => {
        const column = columnOf(texts);
        expect(texts.map((_, i) => decimalTextAt(column, i))).toEqual(texts.map(oracle));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['1.5e3', '1500'],
    ['1.5E-3', '0.0015'],
    ['15e+2', '1500'],
    ['-2.50e1', '-25'],
    ['0e99', '0'],
    ['+7', '7'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    [' 218.2 ', '218.2'],
    ['-0.00', '0'],
    ['0000000000000000000000000000000001.5', '1.5'],
    ['298.85821743109733', '298.85821743109733'],
    ['1000000000000000000', '1000000000000000000'],
    ['18446744073709551617', '18446744073709551617'],
    ['9007199254740991', '9007199254740991'],
    ['9007199254740993', '9007199254740993'],
    ['99999999999999999999.999999999999999999', '99999999999999999999.999999999999999999'],
    ['1.000000000000000000000000', '1'],
    ['1e-18', '0.000000000000000001'],
    ['10e-19', '0.000000000000000001'],
  ])('reads %j as %s', (text, expected) => {
    expect(readBack(text)).toBe(expected);
  });

  it.each([
    ['', 'missing_value'],
    ['  ', 'malformed_number'],
    ['NaN', 'malformed_number'],
    ['Infinity', 'malformed_number'],
    ['-Infinity', 'malformed_number'],
    ['0x10', 'malformed_number'],
    ['1e400', 'malformed_number'],
    ['1e-400', 'malformed_number'],
    ['1e100', 'malformed_number'],
    ['None', 'malformed_number'],
    ['null', 'malformed_number'],
    ['-', 'malformed_number'],
    ['.', 'malformed_number'],
    ['+-1', 'malformed_number'],
    ['--1', 'malformed_number'],
    ['1.2.3', 'malformed_number'],
    ['1,000', 'malformed_number'],
    ['1_000', 'malformed_number'],
    ['1 000', 'malformed_number'],
    ['0.4259%', 'malformed_number'],
    ['1e', 'malformed_number'],
    ['1e1.5', 'malformed_number'],
    ['12\n34', 'malformed_number'],
    ['٣', 'malformed_number'],
    ['1.0000000000000000001', 'value_not_exact'],
    ['1e-19', 'value_not_exact'],
    ['100000000000000000000', 'value_not_exact'],
    ['-100000000000000000000', 'value_not_exact'],
    ['1e20', 'value_not_exact'],
    ['123456789012345678901234567890', 'value_not_exact'],
    ['0.123456789012345678901234567890', 'value_not_exact'],
  ])('refuses %j as %s', (text, rule) => {
    expect(readBack(text)).toBe(rule);
  });

  it('reads only the bytes it is given', () => {
    const bytes = encoder.encode('91234.5678');
    const cells = createDecimalCells(1);
    parseDecimalInto(cells, 0, bytes, 1, 7);
    expect(decimalTextAt(alignColumns([cells], 1)[0] as DecimalColumn, 0)).toBe('1234.5');
  });

  it('takes a megabyte of digits without delay or harm', () => {
    expect(parseDecimal(`${'0'.repeat(1_000_000)}1.5`)).toEqual({ units: 15n, scale: 1 });
    expect(parseDecimal(`1${'0'.repeat(1_000_000)}x`)).toBe('malformed_number');
    expect(parseDecimal('9'.repeat(1_000_000))).toBe('value_not_exact');
    expect(parseDecimal(`1e${'9'.repeat(1_000_000)}`)).toBe('malformed_number');
  });
});

describe('columns of decimals', () => {
  it('are safe integers at the largest scale of their values', () => {
    expect(columnOf(['218.2', '-3', '0.0001'])).toEqual({
      scale: 4,
      units: Float64Array.of(2_182_000, -30_000, 1),
    });
  });

  it('hold the largest safe integer as a number and the next one as a bigint', () => {
    expect(columnOf(['9007199254740991']).units).toEqual(Float64Array.of(Number.MAX_SAFE_INTEGER));
    expect(columnOf(['9007199254740992']).units).toEqual([9_007_199_254_740_992n]);
  });

  it('become bigints together where one value of the group does not fit at the common scale', () => {
    const first = createDecimalCells(1);
    const second = createDecimalCells(1);
    parseDecimalInto(first, 0, encoder.encode('150000'), 0, 6);
    parseDecimalInto(second, 0, encoder.encode('0.00000000000001'), 0, 16);
    expect(alignColumns([first, second], 1)).toEqual([
      { scale: 14, units: [15_000_000_000_000_000_000n] },
      { scale: 14, units: [1n] },
    ]);
  });

  it('hold of any texts what the slow parser reads, and complain where it does', () => {
    const anyText = fc.oneof(exactDecimal, fc.constantFrom('', '.', '-', '1e5', ' 1', '1_0', '-0', '007'), fc.string());
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 20 }), (texts) => {
        const { rules, values } = parseColumn(texts);
        const slow = texts.map((text) => (text === '' ? 'missing_value' : parseDecimal(text)));
        expect(rules).toEqual(slow.flatMap((parsed, row) => (typeof parsed === 'string' ? [[row, parsed]] : [])));
        const exact = slow.filter((parsed) => typeof parsed !== 'string');
        expect(values).toEqual(exact.map(({ units, scale }) => decimalTextAt({ scale, units: [units] }, 0)));
      }),
    );
  });

  it('never hold minus zero', () => {
    expect(Object.is(columnOf(['-0.0']).units[0], 0)).toBe(true);
  });
});
