import type { DecimalColumn } from '@quantumtrade/shared-types';
import type { DecimalCells } from './decimal-parser.ts';

/** 10^0 to 10^18: exact as doubles, all of them. */
const powers: readonly number[] = Array.from({ length: 19 }, (_, exponent) => 10 ** exponent);
const widePowers: readonly bigint[] = Array.from({ length: 19 }, (_, exponent) => 10n ** BigInt(exponent));

/**
 * Brings the first `length` values of some columns to one common scale, so that their units compare as the values do.
 * All of them are safe integers where every value fits; otherwise all are `bigint`s. Nothing is rounded.
 */
export function alignColumns(group: readonly DecimalCells[], length: number): DecimalColumn[] {
  let scale = 0;
  for (const { scales } of group) {
    for (let i = 0; i < length; i++) if ((scales[i] as number) > scale) scale = scales[i] as number;
  }
  const columns: DecimalColumn[] = [];
  for (const cells of group) {
    const units = safeUnits(cells, scale, length);
    if (!units) return group.map((each) => ({ scale, units: wideUnits(each, scale, length) }));
    columns.push({ scale, units });
  }
  return columns;
}

function safeUnits({ units, scales }: DecimalCells, scale: number, length: number): Float64Array | undefined {
  // Most columns are of one scale as they come.
  if (isAt(scale, scales, units, length)) return units.subarray(0, length);
  const aligned = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const value = (units[i] as number) * (powers[scale - (scales[i] as number)] as number);
    // Written so that NaN, the mark of a wide value, fails too.
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return undefined;
    aligned[i] = value;
  }
  return aligned;
}

/** Whether all values are safe integers of this scale. */
function isAt(scale: number, scales: Uint8Array, units: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (scales[i] !== scale || Number.isNaN(units[i])) return false;
  return true;
}

function wideUnits({ units, scales, wide }: DecimalCells, scale: number, length: number): bigint[] {
  const aligned: bigint[] = [];
  for (let i = 0; i < length; i++) {
    const value = units[i] as number;
    const exact = Number.isNaN(value) ? (wide[i] as bigint) : BigInt(value);
    const shift = scale - (scales[i] as number);
    aligned.push(shift === 0 ? exact : exact * (widePowers[shift] as bigint));
  }
  return aligned;
}

/** The values of a column at some positions, in that order: safe integers where all of the picked ones fit. */
export function pickFrom(column: DecimalColumn, positions: Uint32Array): DecimalColumn {
  const { scale, units } = column;
  if (units instanceof Float64Array) return { scale, units: pickNumbers(units, positions) };
  const picked: bigint[] = [];
  for (const position of positions) picked.push(units[position] as bigint);
  return { scale, units: picked.every(isSafe) ? Float64Array.from(picked, Number) : picked };
}

function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value));
}

/** The numbers at some positions, in that order. */
export function pickNumbers(numbers: Float64Array, positions: Uint32Array): Float64Array {
  const picked = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i++) picked[i] = numbers[positions[i] as number] as number;
  return picked;
}
