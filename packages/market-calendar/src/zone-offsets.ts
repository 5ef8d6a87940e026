import { dayMs, dayNumber } from './civil-day.ts';

const minuteMs = 60_000;

/**
 * What the clocks of a zone are ahead of UTC on each civil day, in milliseconds, for a stretch of whole years. The
 * platform's zone data is asked once a month and around the changes between.
 */
export class ZoneOffsets {
  readonly #firstDay: number;
  readonly #offsets: Int32Array;
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError for a zone that the platform does not know. */
  constructor(timeZone: string, firstYear: number, lastYear: number) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    // A few days more on each side: a session may open the evening before its day.
    this.#firstDay = dayNumber(firstYear, 1, 1) - 7;
    const days = dayNumber(lastYear, 12, 31) + 7 - this.#firstDay + 1;
    this.#offsets = new Int32Array(days);
    const probes = [0];
    for (let month = 1; month < (lastYear - firstYear + 1) * 12; month++) {
      probes.push(dayNumber(firstYear, month + 1, 1) - this.#firstDay);
    }
    probes.push(days - 1);
    let before = this.#ask(0);
    for (const [index, from] of probes.slice(0, -1).entries()) {
      const until = probes[index + 1] as number;
      const after = this.#ask(until);
      const change = before === after ? until : this.#firstDayWith(after, from, until);
      this.#offsets.fill(before, from, change);
      this.#offsets.fill(after, change, until + 1);
      before = after;
    }
  }

  /** What the clocks are ahead of UTC at noon of a civil day. */
  at(day: number): number {
    return this.#offsets[day - this.#firstDay] ?? Number.NaN;
  }

  /**
   * The instant of a wall-clock time: minutes since midnight of a civil day, below 0 for the evening before. Clocks change
   * in the first three hours of a day, after midnight; times between midnight and the change are those of the day before.
   */
  instantOf(day: number, minutes: number): number {
    const shift = Math.floor(minutes / 1440);
    const clockDay = day + shift;
    const inTheNight = minutes - shift * 1440 < 60;
    return day * dayMs + minutes * minuteMs - this.at(inTheNight ? clockDay - 1 : clockDay);
  }

  #firstDayWith(offset: number, from: number, until: number): number {
    let low = from;
    let high = until;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle) === offset) high = middle;
      else low = middle;
    }
    return high;
  }

  #ask(index: number): number {
    const text = this.#format.format((this.#firstDay + index + 0.5) * dayMs);
    const [, sign, hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minuteMs;
  }
}
