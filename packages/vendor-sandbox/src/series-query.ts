import type { SeriesFunction } from './functions.ts';
import type { ParsedRequest } from './parameters.ts';
import { type CivilDay, FIRST_DAY } from './series/civil-day.ts';

/** A month as the half-open range of its days. */
interface MonthRange {
  readonly from: CivilDay;
  readonly to: CivilDay;
}

/** The parameters of a series request, checked and with the vendor's defaults filled in. */
export interface SeriesQuery {
  readonly symbol: string;
  /** What the prices of a pair are given in. */
  readonly quote?: string;
  readonly csv: boolean;
  readonly full: boolean;
  /** Minutes of one bar; 1 for functions that take no interval. */
  readonly intervalMinutes: number;
  /** As the request spelled it; empty for functions that take none. */
  readonly interval: string;
  readonly extendedHours: boolean;
  readonly month: MonthRange | undefined;
}

const INTERVALS: ReadonlyMap<string, number> = new Map([
  ['1min', 1],
  ['5min', 5],
  ['15min', 15],
  ['30min', 30],
  ['60min', 60],
]);

const SYMBOL = /^[A-Za-z0-9^][A-Za-z0-9.\-:=^]{0,31}$/;
const PAIR_SIDE = /^[A-Za-z0-9]{2,10}$/;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const DAY_MS = 86_400_000;

/** Whether a text can name a share. */
export function isSymbol(text: string): boolean {
  return SYMBOL.test(text);
}

/**
 * The series a request asks for, or `undefined` when a parameter has no meaning.
 *
 * Stricter than the vendor on purpose where the vendor ignores what it cannot read: a client's misspelling shows.
 */
export function readSeriesQuery(request: ParsedRequest, target: SeriesFunction): SeriesQuery | undefined {
  const { params, symbol } = request;
  const quote = target.pair === 'fx' ? params.to_symbol : params.market;
  if (target.pair !== undefined && !(PAIR_SIDE.test(symbol) && PAIR_SIDE.test(quote ?? ''))) {
    return undefined;
  }
  const named = { symbol, ...(target.pair !== undefined && quote !== undefined && { quote }) };
  const full = choice(params.outputsize, { compact: false, full: true }, 'compact');
  const csv = choice(params.datatype, { json: false, csv: true }, 'json');
  const extendedHours = choice(params.extended_hours, { true: true, false: false }, 'true');
  const adjusted = choice(params.adjusted, { true: true, false: false }, 'true');
  if (!SYMBOL.test(symbol) || full === undefined || csv === undefined) {
    return undefined;
  }
  if (target.kind !== 'intraday') {
    const whole = target.kind === 'daily' ? full : true;
    return { ...named, csv, full: whole, intervalMinutes: 1, interval: '', extendedHours: true, month: undefined };
  }
  const interval = params.interval ?? '';
  const intervalMinutes = INTERVALS.get(interval);
  const month = params.month === undefined ? undefined : monthRange(params.month);
  const badMonth = params.month !== undefined && (month === undefined || target.pair !== undefined);
  if (intervalMinutes === undefined || badMonth || extendedHours === undefined || adjusted === undefined) {
    return undefined;
  }
  return { ...named, csv, full, intervalMinutes, interval, extendedHours, month };
}

function choice(
  value: string | undefined,
  choices: Readonly<Record<string, boolean>>,
  fallback: string,
): boolean | undefined {
  const key = value ?? fallback;
  return Object.hasOwn(choices, key) ? choices[key] : undefined;
}

function monthRange(text: string): MonthRange | undefined {
  const parts = MONTH.exec(text);
  if (parts === null) {
    return undefined;
  }
  const year = Number(parts[1]);
  const month = Number(parts[2]) - 1;
  const to = Date.UTC(year, month + 1, 1) / DAY_MS;
  return to > FIRST_DAY ? { from: Date.UTC(year, month, 1) / DAY_MS, to } : undefined;
}
