import type { DecimalColumn } from '@quantumtrade/shared-types';
import type { ConvertedBars } from './convert.ts';

/** What a row is among the rows of its key: the first of them, or a repeat with the same or with other values. */
export const repeat = { none: 0, equal: 1, conflicting: 2 } as const;

/** Positions by open time, rows of one key in the payload's order, and what each position repeats. */
export interface KeyOrder {
  readonly positions: Uint32Array;
  /** One of {@link repeat} per position. */
  readonly repeats: Uint8Array;
}

/**
 * Puts bars into the order of their keys and finds the repeats. Values are compared as numbers, with all earlier rows of
 * the key: a conflicting row that comes twice is one conflict and one duplicate.
 */
export function orderByKey(bars: ConvertedBars): KeyOrder {
  const { length, openTime } = bars;
  const repeats = new Uint8Array(length);
  const direction = strictDirection(openTime, length);
  const positions = new Uint32Array(length);
  for (let i = 0; i < length; i++) positions[i] = direction < 0 ? length - 1 - i : i;
  if (direction !== 0) return { positions, repeats };

  positions.sort((a, b) => (openTime[a] as number) - (openTime[b] as number) || a - b);
  const columns = [bars.open, bars.high, bars.low, bars.close, bars.adjustedClose, bars.volume].filter(
    (column) => column !== undefined,
  );
  let first = positions[0] as number;
  // The values of one key that conflict with its first row. Kept as text, so that many of them cost no more than few.
  const conflicts = new Set<string>();
  for (let i = 1; i < length; i++) {
    const position = positions[i] as number;
    if (openTime[position] !== openTime[first]) {
      first = position;
      conflicts.clear();
    } else if (equalValues(columns, first, position)) {
      repeats[position] = repeat.equal;
    } else {
      const values = columns.map(({ units }) => units[position]).join(' ');
      repeats[position] = conflicts.has(values) ? repeat.equal : repeat.conflicting;
      conflicts.add(values);
    }
  }
  return { positions, repeats };
}

/** 1 when every key is later than the one before it, -1 when every one is earlier, 0 otherwise. */
function strictDirection(openTime: Float64Array, length: number): -1 | 0 | 1 {
  let rises = 0;
  let falls = 0;
  for (let i = 1; i < length; i++) {
    const step = (openTime[i] as number) - (openTime[i - 1] as number);
    if (step > 0) rises++;
    else if (step < 0) falls++;
  }
  if (rises === Math.max(0, length - 1)) return 1;
  return falls === length - 1 ? -1 : 0;
}

function equalValues(columns: readonly DecimalColumn[], first: number, second: number): boolean {
  return columns.every(({ units }) => units[first] === units[second]);
}
