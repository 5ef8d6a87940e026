import type { CalendarException } from './calendar-exception.ts';
import { dayNumber, weekdayOf, yearOf } from './civil-day.ts';
import {
  type DayRule,
  type ExchangeDefinition,
  firstYear,
  lastYear,
  type ShortDayRule,
  type TradingHours,
} from './exchange-definition.ts';
import { invalidException, outsideCalendar, requireDay } from './refuse.ts';
import { ZoneOffsets } from './zone-offsets.ts';

/** The hours of one day in minutes since its midnight, before they become instants. */
interface DayHours {
  open: number;
  close: number;
  break: TradingHours['break'];
  extendedOpen: number;
  extendedClose: number;
  /** When it closes on any other day of its time. */
  usualClose: number;
  reason: string | undefined;
}

/** All sessions of a calendar as columns, oldest first, and why the other days have none. */
export interface SessionTable {
  /** Civil days. */
  readonly days: Int32Array;
  readonly open: Float64Array;
  readonly close: Float64Array;
  /** Both breaks' ends are the close where there is no break. */
  readonly breakFrom: Float64Array;
  readonly breakUntil: Float64Array;
  readonly extendedOpen: Float64Array;
  readonly extendedClose: Float64Array;
  /** The instant of the midnight that begins the trading day. */
  readonly midnight: Float64Array;
  readonly early: Uint8Array;
  readonly reasons: readonly (string | undefined)[];
  /** Reasons by civil day, for days of the week that usually have sessions and for exceptions. */
  readonly closures: ReadonlyMap<number, string>;
  readonly offsets: ZoneOffsets;
}

/** Works out every session of some whole years. */
export function buildSessionTable(
  definition: ExchangeDefinition,
  exceptions: readonly CalendarException[],
  [first, last]: readonly [number, number] = [firstYear, lastYear],
): SessionTable {
  const offsets = new ZoneOffsets(definition.timeZone, first, last);
  const closures = new Map<number, string>();
  const sessions = new Map<number, DayHours>();
  const holidays = daysOf(definition.holidays, first, last);
  const shortDays = daysOf(definition.shortDays, first, last);
  const regular = new HoursByDay(definition.hours);
  const until = dayNumber(last, 12, 31);
  for (let day = dayNumber(first, 1, 1); day <= until; day++) {
    if (!definition.weekdays.includes(weekdayOf(day))) continue;
    const holiday = holidays.get(day);
    if (holiday === undefined) sessions.set(day, hoursOf(regular.on(day), shortDays.get(day)));
    else closures.set(day, holiday.name);
  }
  for (const exception of exceptions) {
    const day = requireDay(exception.date);
    const year = yearOf(day);
    if (year < firstYear || year > lastYear) throw outsideCalendar(exception.date);
    if (year < first || year > last) continue;
    if (exception.kind === 'closed') {
      sessions.delete(day);
      closures.set(day, exception.reason);
    } else {
      sessions.set(day, changedHours(sessions.get(day) ?? hoursOf(regular.on(day), undefined), exception));
      closures.delete(day);
    }
  }
  return tabulate(sessions, closures, offsets);
}

function daysOf<Rule extends DayRule>(rules: readonly Rule[], first: number, last: number): Map<number, Rule> {
  const days = new Map<number, Rule>();
  for (const rule of rules) {
    for (let year = Math.max(first, rule.from ?? first); year <= Math.min(last, rule.until ?? last); year++) {
      const day = rule.day(year);
      if (day !== undefined && !days.has(day)) days.set(day, rule);
    }
  }
  return days;
}

/** The hours in force on a day. */
class HoursByDay {
  readonly #periods: readonly { readonly from: number; readonly hours: TradingHours }[];

  constructor(hours: readonly TradingHours[]) {
    this.#periods = hours.map((period) => ({ from: requireDay(period.from), hours: period })).reverse();
  }

  on(day: number): TradingHours {
    const period = this.#periods.find(({ from }) => from <= day);
    if (period === undefined) throw new RangeError(`no hours are known for day ${day}`);
    return period.hours;
  }
}

function hoursOf(hours: TradingHours, short: ShortDayRule | undefined): DayHours {
  const { open, close, extended } = hours;
  const day: DayHours = {
    open,
    close,
    break: hours.break,
    extendedOpen: extended?.open ?? open,
    extendedClose: extended?.close ?? close,
    usualClose: close,
    reason: undefined,
  };
  if (short === undefined) return day;
  return shortened(
    { ...day, extendedClose: extended?.shortClose ?? 0, reason: short.name },
    short.close ?? hours.break?.from ?? close,
  );
}

/** A day that closes at another time; extended trading never ends before. */
function shortened(day: DayHours, close: number): DayHours {
  const pause = day.break !== undefined && day.break.from < close ? day.break : undefined;
  const extendedClose = Math.max(close, day.extendedClose);
  return { ...day, close, break: pause, extendedClose };
}

function changedHours(day: DayHours, exception: CalendarException & { kind: 'hours' }): DayHours {
  const minutes = (time: string | undefined): number | undefined => {
    if (time === undefined) return undefined;
    if (!/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time) && time !== '24:00') {
      throw invalidException(exception.date, `${JSON.stringify(time)} is not a time; write it as HH:MM`);
    }
    return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  };
  const { open = day.open, close } = { open: minutes(exception.open), close: minutes(exception.close) };
  // Without extended trading its end moves with the close.
  const usualEnd = day.extendedClose === day.close ? 0 : day.extendedClose;
  const extendedClose = minutes(exception.extendedClose) ?? (close === undefined ? day.extendedClose : usualEnd);
  const changed = shortened({ ...day, extendedClose, reason: exception.reason }, close ?? day.close);
  if (open >= changed.close) throw invalidException(exception.date, 'it would close before it opens');
  const pause = changed.break !== undefined && changed.break.until > open ? changed.break : undefined;
  const opensLikeExtended = day.extendedOpen === day.open;
  return {
    ...changed,
    open: pause !== undefined && open >= pause.from ? pause.until : open,
    break: pause !== undefined && open < pause.from ? pause : undefined,
    extendedOpen: opensLikeExtended ? open : Math.min(day.extendedOpen, open),
  };
}

function tabulate(
  sessions: ReadonlyMap<number, DayHours>,
  closures: ReadonlyMap<number, string>,
  offsets: ZoneOffsets,
): SessionTable {
  const rows = [...sessions].sort(([left], [right]) => left - right);
  const column = (minutes: (hours: DayHours) => number): Float64Array =>
    Float64Array.from(rows, ([day, hours]) => offsets.instantOf(day, minutes(hours)));
  return {
    days: Int32Array.from(rows, ([day]) => day),
    open: column(({ open }) => open),
    close: column(({ close }) => close),
    breakFrom: column((hours) => hours.break?.from ?? hours.close),
    breakUntil: column((hours) => hours.break?.until ?? hours.close),
    extendedOpen: column(({ extendedOpen }) => extendedOpen),
    extendedClose: column(({ extendedClose }) => extendedClose),
    midnight: column(() => 0),
    early: Uint8Array.from(rows, ([, { close, usualClose }]) => Number(close < usualClose)),
    reasons: rows.map(([, { reason }]) => reason),
    closures,
    offsets,
  };
}
