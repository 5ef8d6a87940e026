import { ServiceError } from '@quantumtrade/core-traits';
import { assetClassOf, type BarRequest, type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';
import { ZoneDirectory } from '../../processors/local-time.ts';
import { largestPage } from './capabilities.ts';
import type { AlpacaSettings } from './settings.ts';

/** One request of bars, without its pages' tokens and without keys. */
export interface AlpacaQuery {
  readonly path: '/v2/stocks/bars' | '/v1beta3/crypto/us/bars';
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the first page is all that is wanted. */
  readonly onePage: boolean;
}

const timeframes: Readonly<Record<Interval, string>> = {
  '1min': '1Min',
  '5min': '5Min',
  '15min': '15Min',
  '30min': '30Min',
  '60min': '1Hour',
  daily: '1Day',
  weekly: '1Week',
  monthly: '1Month',
};

const day = 86_400_000;

/** How far the newest 100 bars are looked for, also of a symbol that seldom trades: Alpaca wants a beginning. */
const compactReach: Readonly<Record<Interval, number>> = {
  '1min': 30 * day,
  '5min': 30 * day,
  '15min': 60 * day,
  '30min': 60 * day,
  '60min': 90 * day,
  daily: 365 * day,
  weekly: 4 * 365 * day,
  monthly: 20 * 365 * day,
};

const compactBars = 100;
/** Alpaca's own history begins with 2016; asking for more costs nothing. */
const historyStart = Date.UTC(2015, 0, 1);
const fullIntraday = 30 * day;

/**
 * What to ask Alpaca for. `now` is the time in milliseconds since the Unix epoch: Alpaca's own default range is the
 * current day, so one is always stated.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidRequest`, for a range that is none.
 */
export function queryOf(
  request: BarRequest,
  settings: Pick<AlpacaSettings, 'feed' | 'defaultOutputSize' | 'pageSize'>,
  now: number,
): AlpacaQuery {
  const { symbol, interval, adjusted, outputSize, month, from, to } = request;
  const stock = assetClassOf(symbol) === 'stock';
  const chosen = month !== undefined || from !== undefined;
  const size = outputSize ?? (chosen ? 'full' : settings.defaultOutputSize);
  const compact = size === 'compact';
  const range = month === undefined ? rangeOf(request, compact, now) : monthOf(month, stock);
  const start = Math.max(range.start, from ?? range.start);
  const end = Math.min(range.end ?? Number.POSITIVE_INFINITY, to ?? Number.POSITIVE_INFINITY);
  if (!(start < end)) throw invalidRequest('the range is empty: from must lie before to');
  return {
    path: stock ? '/v2/stocks/bars' : '/v1beta3/crypto/us/bars',
    parameters: {
      symbols: symbol,
      timeframe: timeframes[interval],
      start: new Date(start).toISOString(),
      // The vendor's end belongs to the range.
      ...(end === Number.POSITIVE_INFINITY ? {} : { end: new Date(end - 1).toISOString() }),
      limit: String(compact ? compactBars : (settings.pageSize ?? largestPage)),
      sort: compact ? 'desc' : 'asc',
      ...(stock ? { adjustment: adjusted ? 'all' : 'raw', feed: settings.feed } : {}),
    },
    onePage: compact,
  };
}

interface Range {
  readonly start: number;
  readonly end?: number;
}

function rangeOf({ interval, from, to }: BarRequest, compact: boolean, now: number): Range {
  if (from !== undefined) return { start: from };
  const end = to ?? now;
  if (compact) return { start: end - compactReach[interval] };
  return { start: intradayMilliseconds(interval) === undefined ? historyStart : end - fullIntraday };
}

const zones = new ZoneDirectory();

/** A month of New York for stocks and of UTC for what never closes. */
function monthOf(month: string, stock: boolean): Range {
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  if (year === undefined) throw invalidRequest('the month must be written YYYY-MM');
  const beginning = (index: number): number => {
    const local = Date.UTC(Number(year), index, 1);
    const instant = stock ? zones.find('America/New_York')?.instantOf(local) : local;
    // Clocks there change at two in the morning: every midnight is exactly one instant.
    return typeof instant === 'number' ? instant : local;
  };
  return { start: beginning(Number(number) - 1), end: beginning(Number(number)) };
}

/**
 * The URL of one page.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidBaseUrl`.
 */
export function pageUrl(baseUrl: string, query: AlpacaQuery, pageToken: string | undefined): URL {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (base === undefined || (base.protocol !== 'https:' && base.protocol !== 'http:')) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'invalidBaseUrl',
      message: 'the base URL of Alpaca is no http or https URL; the real one is https://data.alpaca.markets',
    });
  }
  const url = new URL(base);
  url.pathname = base.pathname.replace(/\/+$/, '') + query.path;
  for (const [name, value] of Object.entries(query.parameters)) url.searchParams.set(name, value);
  if (pageToken !== undefined) url.searchParams.set('page_token', pageToken);
  return url;
}

function invalidRequest(what: string): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidRequest',
    message: `Alpaca cannot be asked for these bars: ${what}`,
  });
}
