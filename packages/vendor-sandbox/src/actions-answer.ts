import type { ParsedRequest } from './parameters.ts';
import { priceText } from './render/columns.ts';
import { csvResponse, jsonResponse } from './responses.ts';
import type { SandboxResponse } from './sandbox-types.ts';
import { type CivilDay, dayText } from './series/civil-day.ts';
import { dailyRows } from './series/daily-rows.ts';
import { createListing } from './series/listing.ts';
import { newYorkTime } from './series/new-york-time.ts';

/** What the vendor names in one entry, by its own names. */
type Entry = Readonly<Record<string, string>>;

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  DIVIDENDS: ['ex_dividend_date', 'declaration_date', 'record_date', 'payment_date', 'amount'],
  SPLITS: ['effective_date', 'split_factor'],
};

// The vendor knows the dates around a dividend for younger ones only.
const FIRST_FULL_YEAR = '2010';
const DAY_MS = 86_400_000;

export interface ActionsAnswerRequest {
  readonly seed: string;
  readonly request: ParsedRequest;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly empty?: boolean;
}

/** Whether the vendor's function lists corporate actions. */
export function isActionsFunction(name: string): boolean {
  return Object.hasOwn(COLUMNS, name);
}

/**
 * The vendor's list of dividends or splits, newest first: the same dividends as in the adjusted daily series. No share of
 * the sandbox was ever split.
 */
export function actionsAnswer({ seed, request, now, empty = false }: ActionsAnswerRequest): SandboxResponse {
  const entries = empty || request.function === 'SPLITS' ? [] : dividendsOf(seed, request.symbol, now);
  if (request.params.datatype !== 'csv') return jsonResponse({ symbol: request.symbol, data: entries });
  const columns = COLUMNS[request.function] ?? [];
  const lines = [columns, ...entries.map((entry) => columns.map((column) => entry[column] ?? ''))];
  const body = lines.map((line) => `${line.join(',')}\r\n`).join('');
  return csvResponse(body, `${request.function.toLowerCase()}_${request.symbol}.csv`);
}

function dividendsOf(seed: string, symbol: string, now: number): Entry[] {
  const rows = dailyRows(createListing(seed, symbol), {
    period: 'day',
    adjusted: true,
    now: newYorkTime(now),
    limit: Number.POSITIVE_INFINITY,
  });
  return rows.flatMap(({ label, dividend = 0 }) => (dividend > 0 ? [entryOf(label, dividend)] : []));
}

function entryOf(exDate: string, dividend: number): Entry {
  const day: CivilDay = Date.parse(`${exDate}T00:00:00Z`) / DAY_MS;
  const known = exDate >= FIRST_FULL_YEAR;
  const date = (offset: number): string => (known ? dayText(day + offset) : 'None');
  return {
    ex_dividend_date: exDate,
    declaration_date: date(-21),
    record_date: date(0),
    payment_date: date(30),
    amount: priceText(dividend),
  };
}
