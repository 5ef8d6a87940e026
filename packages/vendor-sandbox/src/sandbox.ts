import { actionsAnswer, isActionsFunction } from './actions-answer.ts';
import { SERIES_FUNCTIONS } from './functions.ts';
import { type ParsedRequest, parseRequest, recordOf } from './parameters.ts';
import { createQuotaMeter, type QuotaWindow } from './quota.ts';
import { type Refusal, refusalOfReservedSymbol } from './refusal.ts';
import { refusalResponse, unknownFunctionResponse } from './refusal-response.ts';
import { completeResponse, jsonResponse } from './responses.ts';
import { createScript } from './sandbox-script.ts';
import type {
  AlphaVantageSandbox,
  RecordedRequest,
  SandboxOptions,
  SandboxQuota,
  SandboxResponse,
} from './sandbox-types.ts';
import { seriesAnswer } from './series-answer.ts';
import { isSymbol, readSeriesQuery } from './series-query.ts';

const KEPT_REQUESTS = 10_000;
const QUERY_PATH = '/query';

// What the vendor's sentences say when no quota names another number.
const FREE_PER_DAY = 25;
const FREE_PER_SECOND = 1;
const PREMIUM_PER_SECOND = 20;
const PREMIUM_PER_MINUTE = 75;

// A refusal that is shaped like a series needs one even when the request names none.
const STAND_IN = { function: 'TIME_SERIES_DAILY', symbol: 'IBM' } as const;

/**
 * Creates a sandbox with its own script, quota and record of requests.
 *
 * Its bars are a pure function of the seed, the symbol, the instant and the interval; the clock only decides which of
 * them are complete. Adjusted closes follow the vendor: each dividend rewrites the ones before it.
 *
 * @throws RangeError when a quota or the latency is not a usable number
 */
export function createAlphaVantageSandbox(options: SandboxOptions = {}): AlphaVantageSandbox {
  const { seed = 'sandbox', now = Date.now, quota = {}, unknownSymbols = ['INVALID'], latencyMs = 0 } = options;
  if (!(Number.isFinite(latencyMs) && latencyMs >= 0)) {
    throw new RangeError(`latencyMs must be zero or a positive number of milliseconds; it is ${latencyMs}.`);
  }
  const meter = createQuotaMeter(quota);
  const script = createScript();
  const unknown = new Set(unknownSymbols.map((symbol) => symbol.toUpperCase()));
  const requests: RecordedRequest[] = [];

  const refuse = (refusal: Refusal, request: ParsedRequest, at: number): SandboxResponse =>
    refusalResponse(refusal, {
      ...mentionedLimits(refusal, quota),
      apiKey: request.apiKey,
      function: request.function,
      symbol: request.symbol,
      series: (variant) => seriesLike(request, variant, at),
    });

  const seriesLike = (
    request: ParsedRequest,
    variant: { readonly symbol?: string; readonly empty?: boolean },
    at: number,
  ): SandboxResponse => {
    const wanted = { ...request, symbol: variant.symbol ?? request.symbol };
    if (isActionsFunction(wanted.function)) {
      return actionsAnswer({ seed, request: wanted, now: at, empty: variant.empty === true });
    }
    const target = SERIES_FUNCTIONS.get(wanted.function);
    const query = target === undefined ? undefined : readSeriesQuery(wanted, target);
    if (target === undefined || query === undefined) {
      return seriesLike({ ...request, ...STAND_IN, params: {} }, variant, at);
    }
    return seriesAnswer({ seed, target, query, now: at, empty: variant.empty === true });
  };

  const answer = (request: ParsedRequest, at: number): SandboxResponse => {
    const scripted = script.takeNext();
    if (scripted !== undefined) {
      return refuse(scripted, request, at);
    }
    if (request.apiKey === '') {
      return refuse('invalidKey', request, at);
    }
    const exceeded = meter.take(at);
    if (exceeded !== undefined) {
      return refuse(quotaRefusal(exceeded, quota), request, at);
    }
    const refused = script.refusalOf(request.symbol);
    if (refused !== undefined) {
      return refuse(refused, request, at);
    }
    return script.answerTo(request) ?? ordinaryAnswer(request, at);
  };

  const ordinaryAnswer = (request: ParsedRequest, at: number): SandboxResponse => {
    const reserved = refusalOfReservedSymbol(request.symbol);
    if (reserved !== undefined) {
      return refuse(reserved, request, at);
    }
    if (isActionsFunction(request.function)) {
      const known = isSymbol(request.symbol) && !unknown.has(request.symbol.toUpperCase());
      return known ? actionsAnswer({ seed, request, now: at }) : refuse('invalidCall', request, at);
    }
    const target = SERIES_FUNCTIONS.get(request.function);
    if (target === undefined) {
      return unknownFunctionResponse(request.function);
    }
    const query = readSeriesQuery(request, target);
    if (query === undefined || unknown.has(request.symbol.toUpperCase()) || isFuture(query.month?.from, at)) {
      return refuse('invalidCall', request, at);
    }
    return seriesAnswer({ seed, target, query, now: at });
  };

  return {
    latencyMs,
    requests,
    handle: (raw) => {
      const request = parseRequest(raw);
      if (request === undefined) {
        return completeResponse({ status: 400, headers: { 'content-type': 'text/plain' }, body: 'Bad Request\n' });
      }
      if (request.path !== QUERY_PATH) {
        return { ...jsonResponse({ message: `Not found; ask for ${QUERY_PATH}.` }), status: 404 };
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return { ...jsonResponse({ message: 'Method not allowed; use GET.' }), status: 405 };
      }
      const at = now();
      requests.push(recordOf(request, at));
      if (requests.length > KEPT_REQUESTS) {
        requests.shift();
      }
      return answer(request, at);
    },
    refuseNext: (refusal, times = 1) => script.refuseNext(refusal, times),
    refuse: script.refuse,
    answer: script.answer,
    reset: () => {
      requests.length = 0;
      script.clear();
      meter.reset();
    },
  };
}

function isFuture(firstDay: number | undefined, now: number): boolean {
  // New York is behind UTC, so its months never begin before these do.
  return firstDay !== undefined && firstDay * 86_400_000 > now;
}

function quotaRefusal(exceeded: QuotaWindow, quota: SandboxQuota): Refusal {
  if (exceeded === 'second') {
    return quota.perSecond === FREE_PER_SECOND ? 'pacing' : 'premiumBurst';
  }
  return exceeded === 'minute' ? 'minuteQuota' : 'dailyQuota';
}

function mentionedLimits(
  refusal: Refusal,
  quota: SandboxQuota,
): { readonly perSecond: number; readonly perMinute: number; readonly perDay: number } {
  return {
    perSecond: quota.perSecond ?? (refusal === 'premiumBurst' ? PREMIUM_PER_SECOND : FREE_PER_SECOND),
    perMinute: quota.perMinute ?? PREMIUM_PER_MINUTE,
    perDay: quota.perDay ?? FREE_PER_DAY,
  };
}
