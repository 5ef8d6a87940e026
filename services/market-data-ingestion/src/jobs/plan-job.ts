import { createHash } from 'node:crypto';
import { type NewWork, ServiceError } from '@quantumtrade/core-traits';
import { type Adjustment, type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';
import { planBackfill } from '../collection/backfill.ts';
import { parseRequest } from '../collection/collection-request.ts';
import { parseMonths } from '../collection/months.ts';
import type { CollectorMemory } from '../memory/collector-memory.ts';
import { type JobRequest, priorityOfTier, type Tier } from './job.ts';
import type { JobItem } from './job-item.ts';

/** What the items of a job are made for. */
export interface JobScope {
  /** The `source` of the bars. */
  readonly source: string;
  readonly database: string;
  /** Symbols that go first within a month. */
  readonly prioritySymbols: readonly string[];
}

/** A job that was checked, before it has an id. */
export interface DraftJob {
  /** `AAPL_2024-01-01`; a number follows where that is another job. */
  readonly name: string;
  /** Tells requests apart. */
  readonly request: string;
  readonly tier: Tier;
  /** What is still to be asked for, in order. */
  readonly items: readonly JobItem[];
  /** How many months of series are complete and will not be asked for again. */
  readonly finished: number;
}

/**
 * What a job has to do, without asking the vendor for anything.
 *
 * @throws ServiceError of kind `configuration`: `invalidSymbol`, `invalidInterval`, `invalidMonth`.
 */
export function draftJob(
  request: JobRequest,
  scope: JobScope,
  { memory, now }: { readonly memory: Pick<CollectorMemory, 'finishedMonths'>; readonly now: number },
): DraftJob {
  const { interval, from, to, tier = 'T1' } = request;
  const adjustments = [...new Set(request.adjustments ?? ['raw' as const])].toSorted().toReversed();
  const parsed = request.symbols.map((symbol) => parseRequest(symbol, interval));
  const symbols = [...new Set(parsed.map(({ symbol }) => symbol))];
  const months = parseMonths(monthOf(from), to === undefined ? undefined : monthOf(to), now);
  const intraday = intradayMilliseconds(interval as Interval) !== undefined;
  const range = intraday ? [months[0], months.at(-1)] : [from];
  // Every item carries it, so a job of many symbols must not spell them out.
  const text = digest(JSON.stringify([symbols, interval, adjustments, tier, range]));
  const item = (symbol: string, month: string | undefined, some: readonly Adjustment[]): JobItem => ({
    request: text,
    tier,
    symbol,
    interval,
    adjustments: some,
    ...(month !== undefined && { month }),
    source: scope.source,
  });
  const name = `${nameOf(symbols)}_${from.length === 7 ? `${from}-01` : from}`;
  const draft = { name, request: text, tier };
  if (!intraday) return { ...draft, items: symbols.map((symbol) => item(symbol, undefined, adjustments)), finished: 0 };

  const wanted = new Map<string, { symbol: string; month: string; adjustments: Adjustment[] }>();
  let finished = 0;
  for (const adjustment of adjustments) {
    const planned = planBackfill({ ...scope, symbols, interval, months, adjusted: adjustment === 'adjusted' }, memory);
    finished += planned.finished;
    for (const { symbol, month } of planned.jobs) {
      const key = `${month} ${symbol}`;
      const known = wanted.get(key) ?? { symbol, month, adjustments: [] };
      known.adjustments.push(adjustment);
      wanted.set(key, known);
    }
  }
  const items = [...wanted.values()]
    .toSorted((a, b) => (a.month < b.month ? -1 : a.month > b.month ? 1 : 0))
    .map(({ symbol, month, adjustments: some }) => item(symbol, month, some));
  return { ...draft, items, finished };
}

/** The items of a job as work for the queue. */
export function workOf(job: string, items: readonly JobItem[], maxAttempts: number): NewWork[] {
  return items.map((item) => ({
    id: workId(job, item),
    group: job,
    payload: { ...item, month: item.month ?? null },
    priority: priorityOfTier[item.tier],
    maxAttempts,
  }));
}

export function workId(job: string, { symbol, month }: Pick<JobItem, 'symbol' | 'month'>): string {
  return `${job}/${symbol}/${month ?? 'all'}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function nameOf(symbols: readonly string[]): string {
  const [first = ''] = symbols;
  return symbols.length < 2 ? first : `${first}+${symbols.length - 1}`;
}

function monthOf(date: string): string {
  const valid = /^\d{4}-\d{2}(-\d{2})?$/.test(date) && !Number.isNaN(Date.parse(date));
  // `Date.parse` takes the 31st of every month.
  const exact = valid && (date.length === 7 || new Date(date).toISOString().startsWith(date));
  if (exact) return date.slice(0, 7);
  throw new ServiceError({
    kind: 'configuration',
    reason: 'invalidMonth',
    message: `${JSON.stringify(date.slice(0, 40))} is no date: use YYYY-MM or YYYY-MM-DD`,
  });
}
