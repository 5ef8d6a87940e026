import { ServiceError } from '@quantumtrade/core-traits';

/**
 * The months of a range, oldest first, both ends included: `2024-01`, `2024-02`, … Checked before anything is sent.
 *
 * @param to the current month of New York when left out.
 * @param now milliseconds since the Unix epoch (UTC).
 * @throws ServiceError of kind `configuration`, reason `invalidMonth`.
 */
export function parseMonths(from: string, to: string | undefined, now: number): string[] {
  const current = currentMonth(now);
  const last = to ?? current;
  for (const month of [from, last]) {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month) || month < '2000-01') {
      throw invalidMonth(`month ${JSON.stringify(month)} is refused: use YYYY-MM from 2000-01 on`);
    }
    if (month > current) throw invalidMonth(`month ${month} lies in the future: the newest is ${current}`);
  }
  if (from > last) throw invalidMonth(`month ${from} is after ${last}: give the older one as --from`);
  return monthsFromTo(from, last);
}

function monthsFromTo(from: string, to: string): string[] {
  const months: string[] = [];
  for (let month = from; month <= to; month = nextMonth(month)) months.push(month);
  return months;
}

/** Whether all bars of a month can be had: it has ended in New York, and a day has passed since. */
export function isComplete(month: string, now: number): boolean {
  const [year, number] = partsOf(month);
  // Midnight of New York is at 04:00 or 05:00 in UTC.
  return now >= Date.UTC(year, number, 2, 5);
}

/** The month that it is in New York, give or take the hours around its first midnight. */
function currentMonth(now: number): string {
  return new Date(now - 5 * 3_600_000).toISOString().slice(0, 7);
}

function nextMonth(month: string): string {
  const [year, number] = partsOf(month);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}

/** Year and number of the month, from 1; as the month of a `Date` it is the one after. */
function partsOf(month: string): [year: number, number: number] {
  return [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
}

function invalidMonth(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidMonth', message });
}
