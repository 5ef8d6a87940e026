import type { DecimalColumn } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDecimal128 } from '../engine/decimal128.ts';
import { bytesOf, type NativeBlock, type NativeColumn, nullable } from '../engine/native-format.ts';
import { decimalColumns } from './bar-columns.ts';
import { findChanges } from './find-changes.ts';

/** A version of a bar: when it opens, its number among the bar's versions, and what stands in every column. */
interface Version {
  readonly at: number;
  readonly version: number;
  readonly value: number;
}

const column = (values: readonly number[]): DecimalColumn => ({ scale: 2, units: Float64Array.from(values) });

/** A block as the engine answers; the answer's bytes begin at any place. */
function block(rows: readonly Version[], withVolume: boolean): NativeBlock {
  const unaligned = (bytes: Uint8Array): Uint8Array => Uint8Array.of(0, ...bytes).subarray(1);
  const values = bytesOf(encodeDecimal128(column(rows.map(({ value }) => value))));
  const decimal = (name: string): NativeColumn => {
    const stored = { name: `${name}_value`, type: 'Decimal(38, 18)', bytes: values };
    if (name === 'adjusted_close') return nullable(stored, new Uint8Array(rows.length).fill(1));
    return name === 'volume' ? nullable(stored, new Uint8Array(rows.length).fill(withVolume ? 0 : 1)) : stored;
  };
  const instants = (name: string, values: readonly number[]): NativeColumn => ({
    name,
    type: 'Float64',
    bytes: bytesOf(Float64Array.from(values)),
  });
  const columns = [
    instants(
      'at',
      rows.map(({ at }) => at),
    ),
    instants(
      'version',
      rows.map(({ version }) => version),
    ),
    { name: 'own', type: 'UInt8', bytes: new Uint8Array(rows.length) },
    ...decimalColumns.map(decimal),
  ];
  return { rows: rows.length, columns: columns.map((each) => ({ ...each, bytes: unaligned(each.bytes) })) };
}

const bar = fc.record({
  at: fc.integer({ min: 0, max: 40 }),
  /** The stored values, the newest first; most bars have one version. */
  stored: fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 3 }),
  /** What the batch says; most often what is stored. */
  value: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined, freq: 10 }),
});

it('finds what is new or has another value than the newest version, however the answer is cut into blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(bar, { selector: ({ at }) => at }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
      fc.boolean(),
      async (made, cuts, withVolume) => {
        const bars = made.toSorted((a, b) => a.at - b.at);
        const asked = bars.flatMap(({ at, stored, value = stored[0] }) => (value === undefined ? [] : [{ at, value }]));
        const versions = bars.flatMap(({ at, stored }) =>
          stored.map((value, place) => ({ at, value, version: 1000 - place })),
        );
        const blocks: NativeBlock[] = [];
        for (let from = 0, cut = 0; from < versions.length; cut++) {
          const rows = versions.slice(from, from + (cuts[cut % cuts.length] as number));
          blocks.push(block(rows, withVolume));
          from += rows.length;
        }
        const units = column(asked.map(({ value }) => value));
        const openTime = Float64Array.from(asked, ({ at }) => at);
        const decimals = [units, units, units, units, undefined, withVolume ? units : undefined];
        const changes = await findChanges({ length: asked.length, openTime }, decimals, blocks);
        const newest = new Map(bars.map(({ at, stored }) => [at, stored[0]]));
        const expected = asked.flatMap(({ at, value }, row) => (newest.get(at) === value ? [] : [row]));
        expect([...changes.rows]).toEqual(expected);
        expect(changes.alreadyStored).toBe(0);
        expect(changes.newestVersion).toBe(versions.length === 0 ? undefined : 1000);
      },
    ),
    { numRuns: 500 },
  );
});

describe('large batches', () => {
  const stretch = 2_048;
  const length = 3 * stretch;
  const revised = [0, 1, stretch - 1, stretch, 2 * stretch - 1, 2 * stretch, 2 * stretch + 7, length - 1];
  const stored = Array.from({ length }, (_, at) => ({ at, version: 1000, value: 5 }));
  const openTime = Float64Array.from(stored, ({ at }) => at);
  const values = (some: readonly number[]): number[] => stored.map(({ at }) => (some.includes(at) ? 6 : 5));
  /** Blocks that meet the batch at other rows than a stretch begins with. */
  const blocks = (own: readonly number[] = []): NativeBlock[] =>
    [0, 100, 100 + 2 * stretch + 50].map((from, i, all) => {
      const rows = stored.slice(from, all[i + 1]);
      return withOwn(block(rows, true), from, own);
    });

  it.each([
    ['safe integers', (some: readonly number[]) => column(values(some))],
    ['bigints', (some: readonly number[]) => ({ scale: 2, units: values(some).map(BigInt) })],
  ])('of %s are compared to the last row', async (_, units) => {
    const compare = (some: readonly number[], own?: readonly number[]) => {
      const same = units([]);
      return findChanges({ length, openTime }, [same, same, same, same, undefined, units(some)], blocks(own));
    };
    expect([...(await compare([])).rows]).toEqual([]);
    for (const row of revised) expect([...(await compare([row])).rows]).toEqual([row]);
    expect([...(await compare(revised)).rows]).toEqual(revised);
    // A batch that stored two of its rows before, one with another value since.
    const repeated = await compare(revised, [1, 5]);
    expect(repeated.alreadyStored).toBe(2);
    expect([...repeated.rows]).toEqual(revised.filter((row) => row !== 1));
  });

  function withOwn(given: NativeBlock, from: number, own: readonly number[]): NativeBlock {
    const bytes = Uint8Array.from({ length: given.rows }, (_, row) => (own.includes(from + row) ? 1 : 0));
    return { ...given, columns: given.columns.map((each) => (each.name === 'own' ? { ...each, bytes } : each)) };
  }
});
