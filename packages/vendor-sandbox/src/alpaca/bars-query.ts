/** The parameters of a request for bars, checked and with the vendor's defaults filled in. */
export interface BarsQuery {
  readonly crypto: boolean;
  readonly symbol: string;
  /** Minutes of a bar within the day, or the period it groups days to. */
  readonly timeframe: number | 'day' | 'week' | 'month';
  /** Milliseconds UTC; both ends belong to the range. */
  readonly start: number;
  readonly end: number;
  readonly limit: number;
  readonly newestFirst: boolean;
  readonly adjusted: boolean;
  readonly pageToken: string | undefined;
}

const TIMEFRAMES: ReadonlyMap<string, BarsQuery['timeframe']> = new Map<string, BarsQuery['timeframe']>([
  ['1Min', 1],
  ['5Min', 5],
  ['15Min', 15],
  ['30Min', 30],
  ['1Hour', 60],
  ['1Day', 'day'],
  ['1Week', 'week'],
  ['1Month', 'month'],
]);

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/;
const ADJUSTMENTS: ReadonlySet<string> = new Set(['raw', 'split', 'dividend', 'all']);
const FEEDS: ReadonlySet<string> = new Set(['iex', 'sip', 'delayed_sip']);

/** What a request asks for, or the sentence that refuses it. One symbol a request is enough for a stand-in. */
export function readBarsQuery(
  path: string,
  params: Readonly<Record<string, string>>,
  now: number,
): BarsQuery | { readonly refused: string } {
  const crypto = path === '/v1beta3/crypto/us/bars';
  const symbol = params.symbols ?? '';
  const wanted = crypto ? /^[A-Z0-9]{2,10}\/[A-Z]{3,4}$/ : /^[A-Z][A-Z0-9.]{0,31}$/;
  if (!wanted.test(symbol)) return { refused: `invalid symbol: ${symbol}` };
  const timeframe = TIMEFRAMES.get(params.timeframe ?? '');
  if (timeframe === undefined) return { refused: `invalid timeframe: ${params.timeframe ?? ''}` };
  const start = instantOf(params.start, Math.floor(now / 86_400_000) * 86_400_000);
  const end = instantOf(params.end, now);
  if (start === undefined || end === undefined) return { refused: 'invalid start or end: use RFC 3339' };
  if (end < start) return { refused: 'end should not be before start' };
  const limit = Number(params.limit ?? 1000);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 10_000)) return { refused: 'limit must be 1 to 10000' };
  const sort = params.sort ?? 'asc';
  if (sort !== 'asc' && sort !== 'desc') return { refused: `invalid sort: ${sort}` };
  const adjustment = params.adjustment ?? 'raw';
  if (!ADJUSTMENTS.has(adjustment)) return { refused: `invalid adjustment: ${adjustment}` };
  if (!FEEDS.has(params.feed ?? 'sip')) return { refused: `invalid feed: ${params.feed}` };
  return {
    crypto,
    symbol,
    timeframe,
    start,
    end,
    limit,
    newestFirst: sort === 'desc',
    adjusted: adjustment === 'all' || adjustment === 'dividend',
    pageToken: params.page_token,
  };
}

function instantOf(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}
