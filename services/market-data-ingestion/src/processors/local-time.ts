const second = 1000;
/** Milliseconds of a day. */
export const dayMs: number = 86_400 * second;
/** No zone has changed its offset twice within this many days since 1900 (the shortest time between two was nearly 4). */
const cellDays = 3;
const cellMs = cellDays * dayMs;

/** A stretch of time in which the offset stays: instants and offset in milliseconds, `until` not included. */
interface Span {
  readonly from: number;
  readonly until: number;
  readonly offset: number;
}

/**
 * The rules of one time zone: which instant a local time means. Local times are milliseconds since 1970-01-01 00:00 of
 * the zone's own clocks; offsets are what those clocks are ahead of UTC. Independent of the host's zone. Good for the
 * years 1899 to 2300.
 *
 * The platform's zone data is asked once every few days of calendar time and at the changes between them; answers are
 * kept.
 */
export class ZoneRules {
  readonly #format: Intl.DateTimeFormat;
  readonly #cells = new Map<number, readonly Span[]>();
  readonly #edges = new Map<number, number>();

  /** @throws RangeError for a zone that the platform does not know. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** The one offset of a local day (days since 1970-01-01); `undefined` when it may change then. */
  offsetOfDay(day: number): number | undefined {
    let offset: number | undefined;
    for (let cell = firstCell(day); cell <= lastCell(day); cell++) {
      for (const span of this.#spansOf(cell)) {
        if (offset !== undefined && span.offset !== offset) return undefined;
        offset = span.offset;
      }
    }
    return offset;
  }

  /** The instant of a local time, or why there is not exactly one. */
  instantOf(local: number): number | 'nonexistent_time' | 'ambiguous_time' {
    const day = Math.floor(local / dayMs);
    let found: number | undefined;
    for (let cell = firstCell(day); cell <= lastCell(day); cell++) {
      for (const { from, until, offset } of this.#spansOf(cell)) {
        const instant = local - offset;
        if (instant < from || instant >= until) continue;
        if (found !== undefined) return 'ambiguous_time';
        found = instant;
      }
    }
    return found ?? 'nonexistent_time';
  }

  #spansOf(cell: number): readonly Span[] {
    const known = this.#cells.get(cell);
    if (known) return known;
    const spans: Span[] = [];
    const until = (cell + 1) * cellMs;
    const last = this.#offsetAtEdge(cell + 1);
    let from = cell * cellMs;
    let offset = this.#offsetAtEdge(cell);
    while (offset !== last) {
      const change = this.#firstChange(from, until, offset);
      spans.push({ from, until: change, offset });
      from = change;
      offset = this.#offsetAt(change);
    }
    spans.push({ from, until, offset });
    this.#cells.set(cell, spans);
    return spans;
  }

  /** The first second after `from` with another offset, given that `until` has another one. */
  #firstChange(from: number, until: number, offset: number): number {
    let before = from;
    let after = until;
    while (after - before > second) {
      const middle = before + Math.floor((after - before) / (2 * second)) * second;
      if (this.#offsetAt(middle) === offset) before = middle;
      else after = middle;
    }
    return after;
  }

  #offsetAtEdge(cell: number): number {
    let offset = this.#edges.get(cell);
    if (offset === undefined) {
      offset = this.#offsetAt(cell * cellMs);
      this.#edges.set(cell, offset);
    }
    return offset;
  }

  #offsetAt(instant: number): number {
    const clock = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of this.#format.formatToParts(instant)) {
      if (type in clock) clock[type as keyof typeof clock] = Number(value);
    }
    const { year, month, day, hour, minute, second } = clock;
    return Date.UTC(year, month - 1, day, hour, minute, second) - instant;
  }
}

/** Clocks are never a whole day off UTC, so a local day lies within the three UTC days around it. */
function firstCell(day: number): number {
  return Math.floor((day - 1) / cellDays);
}

function lastCell(day: number): number {
  return Math.floor((day + 1) / cellDays);
}

/** More zones than any set of exchanges has; a bound only against hostile input. */
const maxZones = 64;

/** Rules by zone name, built once. */
export class ZoneDirectory {
  readonly #zones = new Map<string, ZoneRules | undefined>();

  /** The rules of an IANA zone; `undefined` when the platform does not know it. */
  find(timeZone: string): ZoneRules | undefined {
    if (this.#zones.has(timeZone)) return this.#zones.get(timeZone);
    if (this.#zones.size >= maxZones) this.#zones.clear();
    const rules = buildRules(timeZone);
    this.#zones.set(timeZone, rules);
    return rules;
  }
}

function buildRules(timeZone: string): ZoneRules | undefined {
  try {
    return new ZoneRules(timeZone);
  } catch {
    return undefined;
  }
}
