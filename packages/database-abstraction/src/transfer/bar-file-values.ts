/** Values below are in units of 10^-18: twenty digits before the point are all that a `Decimal(38, 18)` holds. */
const decimalText = /^(-?)0*(\d{1,20})(?:\.(\d{1,18})0*)?$/;
const instantText = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,3})0*)?(?:Z|\+00:00)?$/;
const dateText = /^\d{4}-\d{2}-\d{2}$/;

/** A plain decimal as units of 10^-18. @throws RangeError for text that is none or does not fit. */
export function parseUnits(name: string, text: string): bigint {
  const [found, sign, whole = '', fraction = ''] = decimalText.exec(text) ?? [];
  if (found === undefined) {
    throw new RangeError(
      `${name} ${JSON.stringify(text.slice(0, 60))} is no decimal with at most 20 digits before the point and 18 after it`,
    );
  }
  const units = BigInt(whole + fraction.padEnd(18, '0'));
  return sign === '-' ? -units : units;
}

/** An instant in UTC as milliseconds since the Unix epoch. @throws RangeError for other text, or finer than milliseconds. */
export function parseInstant(name: string, text: string): number {
  const [found, date, time, fraction = ''] = instantText.exec(text) ?? [];
  const milliseconds = found === undefined ? Number.NaN : exactTime(`${date}T${time}.${fraction.padEnd(3, '0')}Z`);
  if (Number.isNaN(milliseconds))
    throw new RangeError(`${name} ${JSON.stringify(text.slice(0, 60))} is no instant in UTC`);
  return milliseconds;
}

/** A date as days since 1970-01-01. @throws RangeError for other text. */
export function parseDate(name: string, text: string): number {
  const milliseconds = dateText.test(text) ? exactTime(`${text}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new RangeError(`${name} ${JSON.stringify(text.slice(0, 60))} is no date`);
  return milliseconds / 86_400_000;
}

/** Not a number for a day or time that no calendar has, such as 30 February. */
function exactTime(iso: string): number {
  const milliseconds = Date.parse(iso);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === iso ? milliseconds : Number.NaN;
}
