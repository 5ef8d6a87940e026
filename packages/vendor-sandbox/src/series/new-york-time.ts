import type { CivilDay } from './civil-day.ts';

/** An instant on a wall clock: New York's, where nothing else is said. */
export interface NewYorkTime {
  readonly day: CivilDay;
  /** Minutes since local midnight, with the part of a minute that has passed. */
  readonly minute: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const OFFSET_FORMAT = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' });

// The offset changes only on the hour, so the last hour asked for is a sufficient cache.
let cachedHour = Number.NaN;
let cachedOffsetMs = 0;

/** What New York's clocks show at an instant, whatever the host's zone. Takes milliseconds UTC. */
export function newYorkTime(instant: number): NewYorkTime {
  const local = instant + newYorkOffsetMs(instant);
  const day = Math.floor(local / DAY_MS);
  return { day, minute: (local - day * DAY_MS) / 60_000 };
}

/** An instant on a clock that shows UTC. */
export function utcTime(instant: number): NewYorkTime {
  const day = Math.floor(instant / DAY_MS);
  return { day, minute: (instant - day * DAY_MS) / 60_000 };
}

function newYorkOffsetMs(instant: number): number {
  const hour = Math.floor(instant / HOUR_MS);
  if (hour !== cachedHour) {
    cachedOffsetMs = readOffsetMs(hour * HOUR_MS);
    cachedHour = hour;
  }
  return cachedOffsetMs;
}

function readOffsetMs(instant: number): number {
  const name = OFFSET_FORMAT.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const parts = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name);
  if (parts === null) {
    throw new RangeError(`The host's time-zone data gives "${name}" for New York; install full ICU data.`);
  }
  const size = Number(parts[2]) * HOUR_MS + Number(parts[3]) * 60_000;
  return parts[1] === '-' ? -size : size;
}
