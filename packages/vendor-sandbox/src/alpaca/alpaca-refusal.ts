import { OUTAGE_PAGE } from '../refusal-bodies.ts';
import { htmlResponse } from '../responses.ts';
import type { SandboxResponse } from '../sandbox-types.ts';

/**
 * The ways the Alpaca sandbox can refuse.
 *
 * - `minuteQuota`: call volume.
 * - `invalidKey`, `unauthorized`: the keys.
 * - `subscription`, `recentData`: data of another plan.
 * - `invalidCall`: the request.
 * - `http500`, `outageHtml`, `outageHtml200`, `truncated`, `emptyObject`, `emptySeries`, `nullBars`: trouble.
 * - `wrongSymbol`, `wrongCurrency`, `unknownBody`: answers that must not be believed.
 * - `repeatedToken`, `endlessTokens`, `brokenSecondPage`: pages that lead nowhere.
 */
export type AlpacaRefusal =
  | 'minuteQuota'
  | 'invalidKey'
  | 'unauthorized'
  | 'subscription'
  | 'recentData'
  | 'invalidCall'
  | 'http500'
  | 'outageHtml'
  | 'outageHtml200'
  | 'truncated'
  | 'emptyObject'
  | 'emptySeries'
  | 'nullBars'
  | 'wrongSymbol'
  | 'wrongCurrency'
  | 'unknownBody'
  | 'repeatedToken'
  | 'endlessTokens'
  | 'brokenSecondPage';

/** Every {@link AlpacaRefusal}, in the order of its documentation. */
export const ALPACA_REFUSALS: readonly AlpacaRefusal[] = [
  'minuteQuota',
  'invalidKey',
  'unauthorized',
  'subscription',
  'recentData',
  'invalidCall',
  'http500',
  'outageHtml',
  'outageHtml200',
  'truncated',
  'emptyObject',
  'emptySeries',
  'nullBars',
  'wrongSymbol',
  'wrongCurrency',
  'unknownBody',
  'repeatedToken',
  'endlessTokens',
  'brokenSecondPage',
];

const BY_RESERVED_SYMBOL: ReadonlyMap<string, AlpacaRefusal> = new Map(
  ALPACA_REFUSALS.map((refusal) => [reservedAlpacaSymbol(refusal), refusal]),
);

/** The symbol that always receives this refusal, such as `SANDBOX.MINUTEQUOTA`. */
export function reservedAlpacaSymbol(refusal: AlpacaRefusal): string {
  return `SANDBOX.${refusal.toUpperCase()}`;
}

/** The refusal a symbol is reserved for, or `undefined` for an ordinary symbol. */
export function refusalOfSymbol(symbol: string): AlpacaRefusal | undefined {
  return BY_RESERVED_SYMBOL.get(symbol.toUpperCase());
}

/** A page with bars, from which refusals that look like one are made. */
export interface PageLike {
  readonly symbol: string;
  /** The bars as JSON. */
  readonly bars: readonly string[];
  readonly pageToken: string | undefined;
  /** Milliseconds UTC. */
  readonly now: number;
}

/** A refusal as the vendor would send it. */
export function alpacaRefusalResponse(refusal: AlpacaRefusal, page: PageLike): SandboxResponse {
  const list = `[${page.bars.join(',')}]`;
  switch (refusal) {
    case 'minuteQuota':
      return tooManyRequests(page.now);
    case 'invalidKey':
      return message(403, { message: 'forbidden.' });
    case 'unauthorized':
      return htmlResponse(401, '<html>\r\n<head><title>401 Authorization Required</title></head>\r\n</html>\r\n');
    case 'subscription':
      return message(403, { message: 'subscription does not permit querying recent SIP data' });
    case 'recentData':
      return message(422, {
        code: 42210000,
        message: 'your subscription does not permit querying data from the past 15 minutes',
      });
    case 'invalidCall':
      return message(400, { message: `invalid symbol: ${page.symbol}` });
    case 'http500':
      return message(500, { message: 'internal server error occurred' });
    case 'outageHtml':
      return htmlResponse(503, OUTAGE_PAGE);
    case 'outageHtml200':
      return htmlResponse(200, OUTAGE_PAGE);
    case 'truncated': {
      const whole = pageText(page.symbol, list, undefined);
      return json(whole.slice(0, whole.lastIndexOf(',"c"')));
    }
    case 'emptyObject':
      return json('{}');
    case 'emptySeries':
      return json('{"bars":{},"next_page_token":null}');
    case 'nullBars':
      return json('{"bars":null,"next_page_token":null}');
    case 'wrongSymbol':
      return json(pageText('ZZZZ', list, undefined));
    case 'wrongCurrency':
      return json(`{"bars":{${JSON.stringify(page.symbol)}:${list}},"currency":"MXN","next_page_token":null}`);
    case 'unknownBody':
      return json('{"notice":"Scheduled changes to this service are described on the status page."}');
    case 'repeatedToken':
      return json(pageText(page.symbol, list, 'the-same-page'));
    case 'endlessTokens':
      return json(pageText(page.symbol, list, `page-${Number(page.pageToken?.slice(5) ?? 0) + 1}`));
    case 'brokenSecondPage':
      return page.pageToken === undefined
        ? json(pageText(page.symbol, list, 'page-2'))
        : message(500, { message: 'internal server error occurred' });
  }
}

/** A page as the vendor writes it. */
export function pageText(symbol: string, list: string, nextPageToken: string | undefined): string {
  return `{"bars":{${JSON.stringify(symbol)}:${list}},"next_page_token":${JSON.stringify(nextPageToken ?? null)}}`;
}

/** JSON with status 200. */
export function json(body: string): SandboxResponse {
  return { status: 200, headers: { 'content-type': 'application/json; charset=UTF-8' }, body };
}

/** A refusal in JSON. */
export function message(status: number, body: Readonly<Record<string, unknown>>): SandboxResponse {
  return { ...json(JSON.stringify(body)), status };
}

function tooManyRequests(now: number): SandboxResponse {
  const refused = message(429, { code: 42910000, message: 'too many requests.' });
  const reset = String(Math.ceil((now + 1) / 60_000) * 60);
  const headers = { 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
  return { ...refused, headers: { ...refused.headers, ...headers } };
}
