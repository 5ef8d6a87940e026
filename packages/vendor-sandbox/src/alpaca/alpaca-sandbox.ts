import { createQuotaMeter } from '../quota.ts';
import { completeResponse } from '../responses.ts';
import type { SandboxRequest, SandboxResponse } from '../sandbox-types.ts';
import { createListing } from '../series/listing.ts';
import { alpacaBars, barJson } from './alpaca-bars.ts';
import {
  type AlpacaRefusal,
  alpacaRefusalResponse,
  json,
  message,
  pageText,
  refusalOfSymbol,
} from './alpaca-refusal.ts';
import type { AlpacaSandbox, AlpacaSandboxOptions, RecordedAlpacaRequest } from './alpaca-types.ts';
import { type BarsQuery, readBarsQuery } from './bars-query.ts';

const KEPT_REQUESTS = 10_000;
const PATHS: ReadonlySet<string> = new Set(['/v2/stocks/bars', '/v1beta3/crypto/us/bars']);

// A refusal that is shaped like a page needs one even when the request names none.
const STAND_IN = { symbols: 'IBM', timeframe: '1Day', start: '2024-01-02', end: '2024-01-31', limit: '3' } as const;

/**
 * Creates an Alpaca sandbox with its own script, quota and record of requests. Any pair of keys will do. Its bars are
 * those of the Alpha Vantage sandbox with the same seed.
 *
 * @throws RangeError when a quota or the latency is not a usable number
 */
export function createAlpacaSandbox(options: AlpacaSandboxOptions = {}): AlpacaSandbox {
  const { seed = 'sandbox', now = Date.now, quota = {}, unknownSymbols = ['INVALID'], latencyMs = 0 } = options;
  if (!(Number.isFinite(latencyMs) && latencyMs >= 0)) {
    throw new RangeError(`latencyMs must be zero or a positive number of milliseconds; it is ${latencyMs}.`);
  }
  const meter = createQuotaMeter(quota);
  const unknown = new Set(unknownSymbols.map((symbol) => symbol.toUpperCase()));
  const requests: RecordedAlpacaRequest[] = [];
  let script: (AlpacaRefusal | { readonly body: string })[] = [];

  const barsOf = (query: BarsQuery, at: number): readonly { readonly opensAt: number; readonly text: string }[] =>
    unknown.has(query.symbol)
      ? []
      : alpacaBars(createListing(seed, query.symbol), query, at).map((bar) => ({
          opensAt: bar.opensAt,
          text: barJson(bar, query.crypto),
        }));

  const refuse = (refusal: AlpacaRefusal, query: BarsQuery, at: number): SandboxResponse => {
    const bars = barsOf({ ...query, ...standInRange(at) }, at).slice(0, 3);
    return alpacaRefusalResponse(refusal, {
      symbol: query.symbol,
      bars: bars.map(({ text }) => text),
      pageToken: query.pageToken,
      now: at,
    });
  };

  const answer = (request: ParsedAlpacaRequest, at: number): SandboxResponse => {
    const query = readBarsQuery(request.path, request.params, at);
    const scripted = script.shift();
    if (scripted !== undefined) {
      if (typeof scripted === 'object') return json(scripted.body);
      return refuse(scripted, 'refused' in query ? standIn(at) : query, at);
    }
    if (!request.hasKeys) return message(403, { message: 'forbidden.' });
    if (meter.take(at) !== undefined) return refuse('minuteQuota', 'refused' in query ? standIn(at) : query, at);
    if ('refused' in query) return message(400, { message: query.refused });
    const reserved = refusalOfSymbol(query.symbol);
    return reserved === undefined ? page(query, at) : refuse(reserved, query, at);
  };

  const page = (query: BarsQuery, at: number): SandboxResponse => {
    const all = barsOf(query, at);
    const ordered = query.newestFirst ? all.toReversed() : all;
    const after = tokenTime(query.pageToken);
    if (query.pageToken !== undefined && after === undefined) return message(400, { message: 'invalid page token' });
    const from = after === undefined ? 0 : 1 + ordered.findIndex(({ opensAt }) => opensAt === after);
    const bars = ordered.slice(from, from + query.limit);
    const last = bars.at(-1);
    const more = last !== undefined && from + query.limit < ordered.length;
    if (bars.length === 0) return json('{"bars":{},"next_page_token":null}');
    const list = `[${bars.map(({ text }) => text).join(',')}]`;
    return json(pageText(query.symbol, list, more ? tokenOf(query.symbol, last.opensAt) : undefined));
  };

  return {
    latencyMs,
    endpoint: '',
    requests,
    handle: (raw) => {
      const request = parse(raw);
      if (request === undefined) {
        return completeResponse({ status: 400, headers: { 'content-type': 'text/plain' }, body: 'Bad Request\n' });
      }
      if (!PATHS.has(request.path)) return message(404, { message: 'endpoint not found.' });
      const at = now();
      requests.push({ at, path: request.path, params: request.params });
      if (requests.length > KEPT_REQUESTS) requests.shift();
      return answer(request, at);
    },
    refuseNext: (refusal, times = 1) => {
      if (!(Number.isSafeInteger(times) && times > 0)) {
        throw new RangeError(`refuseNext needs a positive integer of times; it got ${times}.`);
      }
      script.push(...Array.from({ length: times }, () => refusal));
    },
    answerNext: (body) => {
      script.push({ body });
    },
    reset: () => {
      requests.length = 0;
      script = [];
      meter.reset();
    },
  };
}

interface ParsedAlpacaRequest {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly hasKeys: boolean;
}

function parse({ url, headers = {} }: SandboxRequest): ParsedAlpacaRequest | undefined {
  const base = 'http://sandbox.invalid';
  if (!URL.canParse(url, base)) return undefined;
  const { pathname, searchParams } = new URL(url, base);
  const params = new Map<string, string>();
  for (const [name, value] of searchParams) if (!params.has(name)) params.set(name, value);
  const hasKeys = Boolean(headers['apca-api-key-id']) && Boolean(headers['apca-api-secret-key']);
  return { path: pathname, params: Object.fromEntries(params), hasKeys };
}

function standIn(at: number): BarsQuery {
  return readBarsQuery('/v2/stocks/bars', STAND_IN, at) as BarsQuery;
}

/** A range that has bars whatever the time is. */
function standInRange(at: number): Pick<BarsQuery, 'start' | 'end'> {
  return { start: at - 10 * 86_400_000, end: at };
}

function tokenOf(symbol: string, opensAt: number): string {
  return Buffer.from(`${symbol}|${opensAt}`).toString('base64');
}

function tokenTime(token: string | undefined): number | undefined {
  const [, time] = /\|(\d+)$/.exec(Buffer.from(token ?? '', 'base64').toString()) ?? [];
  return time === undefined ? undefined : Number(time);
}
