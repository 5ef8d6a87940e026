import type { ConfigurationSection } from '@quantumtrade/core-traits';
import { type MaintainedTable, maintainedTables } from '@quantumtrade/database-abstraction';
import { calendarOf, exchanges } from '@quantumtrade/market-calendar';
import { type Interval, intervals, intradayMilliseconds } from '@quantumtrade/shared-types';
import { z } from 'zod';
import { dueTimes } from '../schedule/due-times.ts';
import { decimalNumber, flag, list, rate, symbols, tables, text, wholeNumber, word } from './fields.ts';
import { section } from './section.ts';

/** When a scheduled task is due. */
interface TaskTiming {
  readonly enabled: boolean;
  /** Minute, hour, day of month, month, day of week, by the clocks of the exchange. */
  readonly cron: string;
  /** Only on days with a session, and not before its close. */
  readonly after_sessions: boolean;
}

/** What is done by itself, and when. */
export interface ScheduleSection {
  /** Whether a daemon runs it. */
  readonly enabled: boolean;
  /** Whose clocks and sessions count. */
  readonly exchange: string;
  /** Whether what was due while nothing ran is run at the start, once. */
  readonly catch_up: boolean;
  /** How long a replica that gives no sign of life keeps a run. */
  readonly lease_seconds: number;
  /** Wait before a run is tried for again that another replica has, or while Redis is away. */
  readonly retry_seconds: number;
  /** `collection.priority_symbols` and `collection.default_symbols` when empty. */
  readonly symbols: readonly string[];
  readonly daily: TaskTiming & { readonly intervals: readonly Interval[] };
  readonly weekly: TaskTiming & {
    readonly intervals: readonly Interval[];
    /** Dividends and splits too, where the vendor offers them: a call for each list. */
    readonly actions: boolean;
  };
  readonly backfill: TaskTiming & {
    /** Intraday ones; nothing is gathered when there is none. */
    readonly intervals: readonly Interval[];
    /** How many complete months there should be. */
    readonly months: number;
  };
  readonly maintenance: TaskTiming & {
    readonly optimise: boolean;
    readonly clean_up: boolean;
    /** Everything is kept when there is none. */
    readonly retention: readonly {
      readonly table: MaintainedTable;
      readonly interval?: Interval | undefined;
      readonly days: number;
    }[];
  };
}

/** How jobs are worked through. */
export interface JobsSection {
  /** Items that begin in a second, at most, in one process. */
  readonly items_per_second: number | 'none';
  /** Items under way at once, in one process. */
  readonly workers: number;
  /** How long an item stays with a process that gives no sign of life. */
  readonly lease_seconds: number;
  /** Attempts of an item before it is a dead letter. */
  readonly max_attempts: number;
  /** How long jobs are kept that have ended, in days. */
  readonly keep_days: number;
  /** Items of jobs that have ended, at most; the job that ended last is kept whatever its size. */
  readonly keep_items: number;
  /** Redis list onto which other services push jobs. */
  readonly pushed_list: string;
  /** Redis stream of the events of jobs. */
  readonly event_stream: string;
}

const cron = (): z.ZodType<string> =>
  text().superRefine((value, context) => {
    try {
      dueTimes({ cron: value, calendar: calendarOf('XNYS'), afterSessions: false });
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });

const intradayIntervals = intervals.filter((interval) => intradayMilliseconds(interval) !== undefined);

const intervalList = (allowed: readonly Interval[] = intervals, atLeast = 1): z.ZodType<Interval[]> =>
  list().transform((values, context) => {
    const known = values.filter((value): value is Interval => allowed.some((interval) => interval === value));
    if (known.length === values.length && known.length >= atLeast) return known;
    context.addIssue({ code: 'custom', message: `expected some of ${allowed.join(', ')}` });
    return z.NEVER;
  });

const timing = (at: string, afterSessions: boolean) => ({
  enabled: flag().default(true),
  cron: cron().default(at),
  after_sessions: flag().default(afterSessions),
});

const retentionRule = z.strictObject({
  table: word(maintainedTables),
  interval: word(intervals).optional(),
  days: decimalNumber(1, 36_500),
});

export const scheduleSection: ConfigurationSection<ScheduleSection> = section(
  'schedule',
  z.strictObject({
    enabled: flag().default(true),
    exchange: word(exchanges).default('XNYS'),
    catch_up: flag().default(true),
    lease_seconds: decimalNumber(0.05, 3600).default(30),
    retry_seconds: decimalNumber(0.01, 3600).default(15),
    symbols: symbols.default([]),
    daily: z
      .strictObject({ ...timing('30 16 * * 1-5', true), intervals: intervalList().default(['daily']) })
      .prefault({}),
    weekly: z
      .strictObject({
        ...timing('0 22 * * 0', false),
        intervals: intervalList().default(['weekly', 'monthly']),
        actions: flag().default(true),
      })
      .prefault({}),
    backfill: z
      .strictObject({
        ...timing('0 1 * * *', false),
        intervals: intervalList(intradayIntervals, 0).default([]),
        months: wholeNumber(1, 300).default(12),
      })
      .prefault({}),
    maintenance: z
      .strictObject({
        ...timing('0 3 * * *', false),
        optimise: flag().default(true),
        clean_up: flag().default(true),
        retention: tables(retentionRule).default([]),
      })
      .prefault({}),
  }),
);

export const jobsSection: ConfigurationSection<JobsSection> = section(
  'jobs',
  z.strictObject({
    items_per_second: rate().default(2),
    workers: wholeNumber(1, 1000).default(4),
    lease_seconds: decimalNumber(0.05, 3600).default(30),
    max_attempts: wholeNumber(1, 1000).default(5),
    keep_days: decimalNumber(0, 36_500).default(30),
    keep_items: wholeNumber(0, 1_000_000).default(10_000),
    pushed_list: text().default('market-data:jobs'),
    event_stream: text().default('market-data:job-events'),
  }),
);
