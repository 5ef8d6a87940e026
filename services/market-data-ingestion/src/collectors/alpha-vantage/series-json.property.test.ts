import type { TextColumn } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonAnswer } from './series-json.ts';

const key = 'Time Series (5min)';
const fieldNames = ['1. open', '2. high', '3. low', '4. close', '5. volume', '7. dividend amount'] as const;
const fieldOf: Readonly<Record<string, string>> = {
  '1. open': 'open',
  '2. high': 'high',
  '3. low': 'low',
  '4. close': 'close',
  '5. volume': 'volume',
};

/** A row as plain text, without what is empty. */
type Row = Record<string, string>;

function rowsIn(body: Uint8Array): Row[] {
  const { series, text } = readJsonAnswer(body, key);
  if (series === undefined) return [];
  const at = (column: TextColumn, row: number): string =>
    Buffer.from(text.subarray(column.starts[row], column.ends[row])).toString();
  return Array.from({ length: series.length }, (_, row) => {
    const values = Object.entries(series.values).map(([field, column]) => [field, at(column, row)] as const);
    return { label: at(series.label, row), ...Object.fromEntries(values.filter(([, value]) => value !== '')) };
  });
}

const label = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('2024-01-02 09:30:00', '2024-01-02 09:35:00', '2024-11-03 01:00:00') },
  { weight: 1, arbitrary: fc.constantFrom('2024-01-02', '', 'a "quoted" one', 'Zürich', '\\') },
);
const value = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom('1', '190.1234', '-0.5', '184467440737095516150.000000000000000001', '.', ''),
  },
  { weight: 1, arbitrary: fc.constantFrom(null, 5, 'None', '1e5', ' 1', '1"', '1\\', 'ü', '1/2', true) },
);
const row = fc.record({
  label,
  values: fc.array(value, { minLength: 6, maxLength: 6 }),
  /** How many of the fields the row has. */
  count: fc.constantFrom(5, 5, 5, 5, 5, 6, 4, 0),
  indent: fc.constantFrom(4, 4, 4, 4, 2, 0),
});

interface MadeRow {
  readonly label: string;
  readonly values: readonly (string | number | boolean | null)[];
  readonly count: number;
  readonly indent: number;
}

/** Prints one row as a vendor does, and says what must be read of it. */
function print({ label, values, count, indent }: MadeRow): { readonly text: string; readonly row: Row } {
  const members = fieldNames.slice(0, count).map((name, i) => [name, values[i] ?? null] as const);
  const expected = members.flatMap(([name, value]) =>
    fieldOf[name] === undefined || value === null || value === '' ? [] : [[fieldOf[name], String(value)] as const],
  );
  return {
    text: `${JSON.stringify(label)}: ${JSON.stringify(Object.fromEntries(members), undefined, indent)}`,
    row: { label, ...Object.fromEntries(expected) },
  };
}

const document = (rows: readonly string[]): Uint8Array =>
  new TextEncoder().encode(`{"Meta Data": {"2. Symbol": "IBM"}, "${key}": {\n  ${rows.join(',\n  ')}\n}}`);

describe('rows of one shape and of many', () => {
  it('are read as they were written, in their order, whatever stands between alike ones', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (made) => {
        const printed = made.map(print);
        expect(rowsIn(document(printed.map(({ text }) => text)))).toEqual(printed.map(({ row }) => row));
      }),
      { numRuns: 500 },
    );
  });

  it('are read as JSON.parse reads them, or refused as it refuses them, with any byte of theirs replaced', () => {
    const body = document(
      Array.from(
        { length: 6 },
        (_, i) =>
          print({ label: `2024-01-02 09:3${i}:00`, values: ['1', '22.5', '3', '4', '555', ''], count: 5, indent: 2 })
            .text,
      ),
    );
    const from = Buffer.from(body).indexOf('09:30');
    const ascii = fc.constantFrom(...'"\\{}[]:, \n\u0001\u007f0a./-T'.split('').map((c) => c.charCodeAt(0)), 0x80);
    fc.assert(
      fc.property(fc.integer({ min: from, max: body.length - 1 }), ascii, (at, byte) => {
        const changed = body.slice();
        changed[at] = byte;
        const expected = parsed(changed);
        if (expected === 'refused') expect(() => rowsIn(changed)).toThrow();
        else if (expected !== 'another') expect(rowsIn(changed)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });
});

/** What JSON.parse makes of a body, where that can be compared: it merges members of one name. */
function parsed(body: Uint8Array): Row[] | 'refused' | 'another' {
  let series: Record<string, unknown> | undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    series = (JSON.parse(text) as Record<string, Record<string, unknown> | undefined>)[key];
  } catch {
    return 'refused';
  }
  const rows = Object.entries(series ?? {});
  const alike = rows.every(([, values]) => Object.keys(values ?? {}).join() === fieldNames.slice(0, 5).join());
  if (rows.length !== 6 || !alike) return 'another';
  return rows.map(([label, values]) => {
    const known = Object.entries(values as Row).filter(([, value]) => value !== '');
    return { label, ...Object.fromEntries(known.map(([name, value]) => [fieldOf[name] as string, value])) };
  });
}
