import type { TextColumn } from '@quantumtrade/shared-types';
import type { RowRange } from './decimal-parser.ts';
import { dayMs, type ZoneRules } from './local-time.ts';
import type { TimeRule } from './rules.ts';

/** What the store holds: 1900-01-01 to 2299-12-31, as instants and as dates. */
export const earliestDay: number = Date.UTC(1900, 0, 1) / dayMs;
export const endDay: number = Date.UTC(2300, 0, 1) / dayMs;

const dash = 0x2d;
const colon = 0x3a;
const space = 0x20;
const letterT = 0x54;

const daysInMonth: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What a label turns into, by position. */
export interface BarKeys {
  /** Milliseconds since the Unix epoch (UTC). */
  readonly openTime: Float64Array;
  /** The label's own date in days since 1970-01-01. */
  readonly sessionDate: Int32Array;
}

export interface LabelReaderDependencies {
  /** The zone of the labels; `undefined` when it is not known, so that no label can be read. */
  readonly zone: ZoneRules | undefined;
  /** Whether labels carry a time; a label of the other form is malformed. */
  readonly intraday: boolean;
  /** Milliseconds from the bar's opening to the labelled instant. */
  readonly labelDelay: number;
}

/** Reads labels such as `2024-01-02 09:30:00` or `2024-01-02` from bytes. */
export class LabelReader {
  readonly #zone: ZoneRules | undefined;
  readonly #intraday: boolean;
  readonly #labelDelay: number;
  // The date of the row before, because neighbours mostly share it.
  #date = -1;
  #day = 0;
  #offset: number | undefined;
  #dateRule: TimeRule | undefined = 'malformed_time';

  constructor({ zone, intraday, labelDelay }: LabelReaderDependencies) {
    this.#zone = zone;
    this.#intraday = intraday;
    this.#labelDelay = labelDelay;
  }

  /** Reads the label in bytes `start` to `end` of a text into position `at`, or says which rule it breaks. */
  readInto(keys: BarKeys, at: number, text: Uint8Array, start: number, end: number): TimeRule | undefined {
    const length = end - start;
    if (this.#intraday ? length !== 19 && length !== 16 : length !== 10) return 'malformed_time';
    const time = this.#intraday ? timeAt(text, start + 10, length === 19) : 0;
    if (time < 0) return 'malformed_time';
    const date = dateAt(text, start);
    if (date !== this.#date) this.#turnTo(date);
    if (this.#dateRule !== undefined) return this.#dateRule;

    const local = this.#day * dayMs + time;
    const instant = this.#offset !== undefined ? local - this.#offset : this.#zone?.instantOf(local);
    if (typeof instant !== 'number') return instant;
    const openTime = instant - this.#labelDelay;
    if (openTime < earliestDay * dayMs || openTime >= endDay * dayMs) return 'time_out_of_range';
    keys.openTime[at] = openTime;
    keys.sessionDate[at] = this.#day;
    return undefined;
  }

  /** Reads some rows of a column of labels, row `i` into position `i`. */
  readColumn(
    keys: BarKeys,
    text: Uint8Array,
    { starts, ends }: TextColumn,
    { from, to }: RowRange,
    complain: (row: number, rule: TimeRule) => void,
  ): void {
    for (let row = from; row < to; row++) {
      const rule = this.readInto(keys, row, text, starts[row] as number, ends[row] as number);
      if (rule !== undefined) complain(row, rule);
    }
  }

  #turnTo(date: number): void {
    this.#date = date;
    this.#dateRule = undefined;
    const year = Math.floor(date / 10_000);
    const month = Math.floor(date / 100) % 100;
    const day = date % 100;
    if (date < 0 || !isCalendarDate(year, month, day)) {
      this.#dateRule = 'malformed_time';
      return;
    }
    // The limits before the arithmetic: Date.UTC takes the years 0 to 99 for 1900 to 1999.
    this.#day = year < 1900 ? earliestDay - 1 : Date.UTC(year, month - 1, day) / dayMs;
    if (this.#day < earliestDay || this.#day >= endDay) this.#dateRule = 'time_out_of_range';
    else if (this.#zone === undefined) this.#dateRule = 'unknown_time_zone';
    else this.#offset = this.#zone.offsetOfDay(this.#day);
  }
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && leap ? 29 : (daysInMonth[month - 1] ?? 0);
  return day >= 1 && day <= last;
}

/** The date in `YYYY-MM-DD` as the number YYYYMMDD; negative when it is not written so. */
function dateAt(text: Uint8Array, at: number): number {
  const century = pairAt(text, at);
  const year = pairAt(text, at + 2);
  const month = pairAt(text, at + 5);
  const day = pairAt(text, at + 8);
  const written = (century | year | month | day) >= 0 && text[at + 4] === dash && text[at + 7] === dash;
  return written ? century * 1_000_000 + year * 10_000 + month * 100 + day : -1;
}

/** The time in ` HH:mm` or ` HH:mm:ss`, led by a blank or a T, in milliseconds; negative when it is not written so. */
function timeAt(text: Uint8Array, at: number, withSeconds: boolean): number {
  if (text[at] !== space && text[at] !== letterT) return -1;
  const hour = pairAt(text, at + 1);
  const minute = pairAt(text, at + 4);
  const second = withSeconds ? pairAt(text, at + 7) : 0;
  const written = (hour | minute | second) >= 0 && text[at + 3] === colon && (!withSeconds || text[at + 6] === colon);
  return written && hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1000 : -1;
}

/** The number in two digits; negative when one of them is none. */
function pairAt(text: Uint8Array, at: number): number {
  const tens = (text[at] as number) ^ 0x30;
  const ones = (text[at + 1] as number) ^ 0x30;
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : -1;
}
