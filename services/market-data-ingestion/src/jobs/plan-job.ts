import { createHash } from 'node:crypto';
import { type NewWork, ServiceError } from '@quantumtrade/core-traits';
import { type Adjustment, type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';
import { parseRequest } from '../collection/collection-request.ts';
import { parseMonths } from '../collection/months.ts';
import { type JobRequest, priorityOfTier, type Tier } from './job.ts';
import type { JobItem } from './job-item.ts';
import type { MissingHistory } from './missing-history.ts';

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
  /** The calls that each of them takes. */
  readonly calls: ReadonlyMap<JobItem, number>;
  /** How many months of series, or whole series of longer bars, need no call. */
  readonly finished: number;
}

interface Wanted {
  readonly symbol: string;
  readonly month: string | undefined;
  readonly adjustments: Adjustment[];
  calls: number;
}

/**
 * What a job has to do, without asking the vendor for anything.
 *
 * @throws ServiceError of kind `configuration`: `invalidSymbol`, `invalidInterval`, `invalidMonth`; and what the ledger throws.
 */
export async function draftJob(
  request: JobRequest,
  scope: JobScope,
  { missing, now }: { readonly missing: MissingHistory; readonly now: number },
): Promise<DraftJob> {
  const { tier = 'T1' } = request;
  const interval = request.interval as Interval;
  const adjustments = [...new Set(request.adjustments ?? ['raw' as const])].toSorted().toReversed();
  const parsed = request.symbols.map((symbol) => parseRequest(symbol, interval));
  const symbols = [...new Set(parsed.map(({ symbol }) => symbol))];
  const { from, to, months } = rangeOf(request, now);
  // Every item carries it, so a job of many symbols must not spell them out.
  const text = digest(
    JSON.stringify([symbols, interval, adjustments, tier, from, request.to === undefined ? null : to]),
  );

  const rank = (symbol: string): number => (scope.prioritySymbols.includes(symbol) ? 0 : 1);
  const ordered = symbols.toSorted((a, b) => rank(a) - rank(b));
  const wanted = new Map<string, Wanted>();
  for (const adjustment of adjustments) {
    for (const { symbol, month, calls } of await missing({
      symbols: ordered,
      interval,
      adjustment,
      from,
      to,
      months,
    })) {
      const key = `${month ?? ''} ${symbol}`;
      const part = wanted.get(key) ?? { symbol, month, adjustments: [], calls: 0 };
      part.adjustments.push(adjustment);
      part.calls += calls;
      wanted.set(key, part);
    }
  }
  const calls = new Map<JobItem, number>();
  for (const part of [...wanted.values()].toSorted(byMonth(ordered))) {
    const { symbol, month } = part;
    const about = { request: text, tier, symbol, interval, adjustments: part.adjustments, source: scope.source };
    calls.set({ ...about, ...daysOf(month, from, to), ...(month !== undefined && { month }) }, part.calls);
  }
  const items = [...calls.keys()];
  // What comes without months stands for all of them.
  const monthsOf = intradayMilliseconds(interval) === undefined ? 1 : months.length;
  const left = items.reduce(
    (sum, { month, adjustments: some }) => sum + some.length * (month === undefined ? monthsOf : 1),
    0,
  );
  const finished = symbols.length * adjustments.length * monthsOf - left;
  const name = `${nameOf(symbols)}_${from}`;
  return { name, request: text, tier, items, calls, finished };
}

/** The items of a job as work for the queue. */
export function workOf(job: string, items: readonly JobItem[], maxAttempts: number): NewWork[] {
  return items.map((item) => ({
    id: workId(job, item),
    group: job,
    payload: { ...item, month: item.month ?? null, from: item.from ?? null, to: item.to ?? null },
    priority: priorityOfTier[item.tier],
    maxAttempts,
  }));
}

export function workId(job: string, item: Pick<JobItem, 'symbol' | 'month'>): string {
  return `${job}/${partName(item)}`;
}

/** Names what an item is about within its job. */
export function partName({ symbol, month }: Pick<JobItem, 'symbol' | 'month'>): string {
  return `${symbol}/${month ?? 'all'}`;
}

function byMonth(symbols: readonly string[]): (a: Wanted, b: Wanted) => number {
  const places = new Map(symbols.map((symbol, place) => [symbol, place]));
  const placeOf = ({ symbol }: Wanted): number => places.get(symbol) ?? 0;
  return (a, b) => (a.month ?? '').localeCompare(b.month ?? '') || placeOf(a) - placeOf(b);
}

/** The wanted days of an item. */
function daysOf(month: string | undefined, from: string, to: string): { readonly from: string; readonly to: string } {
  if (month === undefined) return { from, to };
  const [first, last] = [`${month}-01`, lastDayOf(month)];
  return { from: first > from ? first : from, to: last < to ? last : to };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function nameOf(symbols: readonly string[]): string {
  const [first = ''] = symbols;
  return symbols.length < 2 ? first : `${first}+${symbols.length - 1}`;
}

interface Range {
  readonly from: string;
  readonly to: string;
  readonly months: readonly string[];
}

function rangeOf({ from, to }: Pick<JobRequest, 'from' | 'to'>, now: number): Range {
  const months = parseMonths(monthOf(from), to === undefined ? undefined : monthOf(to), now);
  const first = from.length === 7 ? `${from}-01` : from;
  const last = to ?? new Date(now).toISOString().slice(0, 10);
  const range = { from: first, to: last.length === 7 ? lastDayOf(last) : last, months };
  if (range.from > range.to) throw invalidMonth(`day ${from} is after ${to ?? range.to}: give the older one first`);
  return range;
}

function lastDayOf(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function monthOf(date: string): string {
  const valid = /^\d{4}-\d{2}(-\d{2})?$/.test(date) && !Number.isNaN(Date.parse(date));
  // `Date.parse` takes the 31st of every month.
  const exact = valid && (date.length === 7 || new Date(date).toISOString().startsWith(date));
  if (exact) return date.slice(0, 7);
  throw invalidMonth(`${JSON.stringify(date.slice(0, 40))} is no date: use YYYY-MM or YYYY-MM-DD`);
}

function invalidMonth(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidMonth', message });
}
