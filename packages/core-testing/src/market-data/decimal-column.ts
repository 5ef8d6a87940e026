import type { DecimalColumn } from '@quantumtrade/shared-types';

const plainDecimal = /^(-?)(\d+)(?:\.(\d+))?$/;
const maxScale = 18;

/**
 * An exact column from plain decimal text such as `218.2` or `-37.63`: `bigint` units where some value does not fit a
 * safe integer at the column's scale, a `Float64Array` otherwise.
 *
 * @throws RangeError for anything that is no plain decimal (`1e5`, ` 1`, ``), or has more than 18 decimals.
 */
export function decimalColumn(texts: readonly string[]): DecimalColumn {
  const parts = texts.map((text) => {
    const [, sign = '', whole = '', fraction = ''] = plainDecimal.exec(text) ?? [];
    if (whole === '') throw new RangeError(`"${text}" is no plain decimal: write it like 218.25`);
    return { sign, whole, fraction };
  });
  const scale = parts.reduce((widest, { fraction }) => Math.max(widest, fraction.length), 0);
  if (scale > maxScale) throw new RangeError(`${scale} decimals are too many: a column holds ${maxScale}`);
  const units = parts.map(({ sign, whole, fraction }) => BigInt(`${sign}${whole}${fraction.padEnd(scale, '0')}`));
  const fits = units.every((value) => Number.isSafeInteger(Number(value)));
  return { scale, units: fits ? Float64Array.from(units, Number) : units };
}
