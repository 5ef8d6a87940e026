import { isServiceError, ServiceError } from '@quantumtrade/core-traits';
import type { MarketCalendar } from '@quantumtrade/market-calendar';
import { Cron } from 'croner';
import { DateTime } from 'luxon';

export interface DueTimesOptions {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** The exchange whose clocks the cron text is read by. */
  readonly calendar: MarketCalendar;
  /** Only on days with a session, and not before its close. */
  readonly afterSessions: boolean;
}

/** When a task is due. Instants are milliseconds since the Unix epoch (UTC). */
export interface DueTimes {
  /** The first instant after another one; `undefined` when there is none any more. */
  next(after: number): number | undefined;
  /** The newest instant after `after` and not after `until`, and how many there are; `undefined` for none. */
  newest(after: number, until: number): { readonly at: number; readonly count: number } | undefined;
}

/** A due time is after its cron instant by less than this: a session of any exchange closes within its day. */
const longestDelayMs = 36 * 3_600_000;

/** Of more due times than this, only the ones of the last days are looked at, and no more are counted. */
const mostCounted = 1_000;

const lastDaysMs = 2 * 86_400_000;

/**
 * The due times of a cron text. Where clocks are set forward past one, it is due when they have been; where they are set
 * back over one, it is due once. Beyond the years of the calendar every day counts as one with a session.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidSchedule`, for a text that is no cron text or never comes.
 */
export function dueTimes({ cron, calendar, afterSessions }: DueTimesOptions): DueTimes {
  const instants = parse(cron, calendar.timeZone);
  const following = (instant: number): number | undefined => instants.nextRun(new Date(instant))?.getTime();
  const dueAt = (instant: number): number | undefined => {
    if (!afterSessions) return instant;
    const close = closeOn(calendar, DateTime.fromMillis(instant, { zone: calendar.timeZone }).toISODate() ?? '');
    return close === undefined ? undefined : Math.max(instant, close);
  };
  function* after(start: number): Generator<number> {
    let instant = following(start - (afterSessions ? longestDelayMs : 0));
    let last = start;
    while (instant !== undefined) {
      const due = dueAt(instant);
      // Two texts of one day may wait for the same close.
      if (due !== undefined && due > last) {
        last = due;
        yield due;
      }
      instant = following(instant);
    }
  }
  return {
    next: (start) => after(start).next().value ?? undefined,
    newest: (start, until) => {
      let newest: { at: number; count: number } | undefined;
      for (const at of after(start)) {
        if (at > until) break;
        newest = { at, count: (newest?.count ?? 0) + 1 };
        if (newest.count === mostCounted) break;
      }
      if (newest?.count !== mostCounted) return newest;
      for (const at of after(Math.max(newest.at, until - lastDaysMs))) {
        if (at > until) break;
        newest = { at, count: mostCounted };
      }
      return newest;
    },
  };
}

/** @throws ServiceError of kind `configuration`, reason `invalidSchedule`. */
function parse(cron: string, timezone: string): Cron {
  let instants: Cron;
  try {
    // Lists and ranges of hours too are due once where clocks are set back.
    instants = new Cron(cron, { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
  } catch (cause) {
    throw invalid(cron, cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause), cause);
  }
  if (instants.nextRun(new Date(0)) === null) throw invalid(cron, 'it never comes');
  return instants;
}

/** When the session of a date closes; `undefined` without one. Beyond the calendar, the start of time. */
function closeOn(calendar: MarketCalendar, date: string): number | undefined {
  try {
    return calendar.sessionOf(date)?.close;
  } catch (error) {
    if (isServiceError(error) && error.reason === 'outsideCalendar') return Number.NEGATIVE_INFINITY;
    throw error;
  }
}

function invalid(cron: string, why: string, cause?: unknown): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidSchedule',
    message: `${JSON.stringify(cron.slice(0, 100))} is no cron text of five fields (${why}): minute, hour, day of month, month, day of week, such as "30 16 * * 1-5"`,
    cause,
  });
}
