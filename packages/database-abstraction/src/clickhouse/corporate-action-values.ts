import { ServiceError } from '@quantumtrade/core-traits';
import { encodeDecimal128 } from '../engine/decimal128.ts';
import { bytesOf, type NativeColumn, nullable } from '../engine/native-format.ts';

const scale = 18;

/** A `Decimal(38, 18)` column from decimal texts. @throws ServiceError, reason `valueNotStorable`. */
export function decimalTextColumn(name: string, values: readonly string[]): NativeColumn {
  const units = values.map((text) => {
    const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?$/.exec(text) ?? notStorable(text);
    const magnitude = BigInt(whole + fraction.padEnd(scale, '0'));
    return sign === '-' ? -magnitude : magnitude;
  });
  return { name, type: `Decimal(38, ${scale})`, bytes: bytesOf(encodeDecimal128({ units, scale })) };
}

/** A `Date32` column from dates such as `2024-05-09`. @throws ServiceError, reason `valueNotStorable`. */
export function dateTextColumn(name: string, values: readonly string[]): NativeColumn {
  return { name, type: 'Date32', bytes: bytesOf(Int32Array.from(values, dayOf)) };
}

/** The same for dates of which some are absent. */
export function optionalDateTextColumn(name: string, values: readonly (string | undefined)[]): NativeColumn {
  const column = dateTextColumn(
    name,
    values.map((value) => value ?? '1970-01-01'),
  );
  return nullable(
    column,
    Uint8Array.from(values, (value) => (value === undefined ? 1 : 0)),
  );
}

/** Days since 1970-01-01; the type holds the years 1900 to 2299. */
function dayOf(text: string): number {
  const instant = /^(19|2[0-2])\d\d-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text) return notStorable(text);
  return instant / 86_400_000;
}

function notStorable(text: string): never {
  throw new ServiceError({
    kind: 'database',
    reason: 'valueNotStorable',
    retryable: false,
    message: `${JSON.stringify(text.slice(0, 60))} is no value of a corporate action that can be stored exactly: keep it in quarantine`,
  });
}
