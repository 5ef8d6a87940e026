import type { Redacted, ServiceError } from '@quantumtrade/core-traits';
import type { BarRequest } from '@quantumtrade/shared-types';
import { BodyError } from '../shared/body-error.ts';
import { formOf } from '../shared/body-form.ts';
import type { VendorAnswer } from '../shared/http.ts';
import { retryAfterOf } from '../shared/retry-after.ts';
import { excerptOf, scrub, shorten } from '../shared/scrub.ts';
import { explanations, keyRefused, vendorError } from '../shared/vendor-error.ts';
import type { VendorReason } from '../shared/vendor-reason.ts';
import type { PageBars } from './join-pages.ts';
import { type AlpacaPage, readPage } from './page-json.ts';
import { alpaca } from './vendor.ts';

/** What a page is judged against. */
export interface ClassifyContext {
  readonly request: BarRequest;
  readonly secretKey: Redacted<string>;
  /** Removes secrets, the key id among them, from text that goes into a message. */
  readonly redact: (text: string) => string;
  /** Milliseconds since the Unix epoch (UTC), for the times that headers name. */
  readonly now: number;
}

/** One page that holds what was asked for; without bars where the vendor has none for this page. */
export interface ClassifiedPage {
  readonly page: PageBars | undefined;
  readonly nextPageToken: string | undefined;
}

/**
 * The bars of a page of Alpaca.
 *
 * Whether there is a list of bars decides first, then the status, and only then what the words say: a refused key and
 * data of another plan both come as 403.
 *
 * @throws ServiceError of one of the kinds `rateLimit`, `configuration` and `externalApi`, with a `VendorReason`.
 */
export function classifyPage(answer: VendorAnswer, context: ClassifyContext): ClassifiedPage {
  const form = formOf(answer.body);
  if (form !== 'json') {
    if (answer.status !== 200) throw refused(answer, undefined, context);
    if (form === 'html') throw failure('outage', 'answered with a web page; try again later', answer, context);
    const what = form === 'empty' ? 'sent no body; try again later' : `sent no JSON: ${excerpt(answer, context)}`;
    throw failure(form === 'empty' ? 'malformed' : 'unknown', what, answer, context, form === 'empty');
  }
  try {
    return fromJson(readPage(answer.body, context.request.symbol), answer, context);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    if (answer.status !== 200) throw refused(answer, undefined, context);
    const again = error.truncated ? '; try again' : '';
    throw failure('malformed', `sent a broken answer: ${error.message}${again}`, answer, context, error.truncated);
  }
}

function fromJson(page: AlpacaPage, answer: VendorAnswer, context: ClassifyContext): ClassifiedPage {
  if (answer.status !== 200) throw refused(answer, page.message, context);
  const { bars, otherSymbols, currency, nextPageToken } = page;
  const { symbol } = context.request;
  if (currency !== undefined && currency !== '' && currency !== 'USD') {
    const what = `answered in ${say(currency, context)} and not in USD; nothing was taken`;
    throw failure('malformed', what, answer, context);
  }
  if (bars !== undefined && bars.length > 0) return { page: { bars, text: page.text }, nextPageToken };
  const [other] = otherSymbols;
  if (other !== undefined) {
    const what = `answered for "${say(other, context)}" instead of ${symbol}; nothing was taken`;
    throw failure('malformed', what, answer, context);
  }
  if (page.hasBars) return { page: undefined, nextPageToken };
  if (page.message !== undefined) throw refused(answer, page.message, context);
  throw failure('unknown', `sent an answer without "bars": ${excerpt(answer, context)}`, answer, context);
}

/** The answer to a request that has no bars on any of its pages. */
export function noBars({ symbol, interval }: BarRequest): ServiceError {
  const what = `has no ${interval} bars for ${symbol} in this range; check the symbol, or ask for another range`;
  return vendorError({ vendor: alpaca, reason: 'noData', what, statusCode: 200 });
}

/** An error of the pages as a whole. */
export function badPaging(what: string): ServiceError {
  return vendorError({ vendor: alpaca, reason: 'malformed', what, statusCode: 200 });
}

function refused(answer: VendorAnswer, words: string | undefined, context: ClassifyContext): ServiceError {
  const { status } = answer;
  const said = words === undefined ? excerpt(answer, context) : say(words, context);
  const reason = reasonOf(status, words);
  if (reason === 'authentication')
    return keyRefused(alpaca, `(status ${status}) ${explanations.authentication}: ${said}`);
  if (status >= 300 && status < 400) {
    const what = `answered with status ${status}; redirects are not followed, check the base URL`;
    return failure('unknown', what, answer, context);
  }
  return failure(reason, `(status ${status}) ${explanations[reason]}: ${said}`, answer, context);
}

function reasonOf(status: number, words = ''): VendorReason {
  const text = words.toLowerCase();
  if (status === 429) return 'minuteQuota';
  if (status === 401) return 'authentication';
  if (status >= 500 || status === 408) return 'outage';
  if (/too many requests|rate limit/.test(text)) return 'minuteQuota';
  if (/subscription|not entitled|upgrade/.test(text)) return 'premiumParameter';
  if (status === 403 || /unauthori[sz]ed|forbidden|access key|secret key/.test(text)) return 'authentication';
  if (/internal (server )?error|unavailable|timed? ?out/.test(text)) return 'outage';
  if (status === 400 || status === 404 || status === 422 || /invalid|not found|unknown/.test(text)) {
    return 'unknownRequest';
  }
  return 'unknown';
}

function failure(
  reason: VendorReason,
  what: string,
  { status, headers }: VendorAnswer,
  { now }: ClassifyContext,
  retryable?: boolean,
): ServiceError {
  const retryAfterMs = retryAfterOf(headers['retry-after'], now) ?? untilReset(headers['x-ratelimit-reset'], now);
  return vendorError({ vendor: alpaca, reason, what, statusCode: status, retryAfterMs, retryable });
}

/** The wait until the second that `X-RateLimit-Reset` names, in milliseconds; `undefined` when it makes no sense. */
function untilReset(header: string | undefined, now: number): number | undefined {
  if (header === undefined || !/^\d{9,11}$/.test(header)) return undefined;
  const wait = Number(header) * 1000 - now;
  // Alpaca's windows are a minute long: anything else is a clock that is wrong.
  return wait >= 0 && wait <= 120_000 ? Math.ceil(wait) : undefined;
}

function say(text: string, { secretKey, redact }: ClassifyContext): string {
  return shorten(scrub(text, { apiKey: secretKey, redact }));
}

function excerpt({ body }: VendorAnswer, { secretKey, redact }: ClassifyContext): string {
  return excerptOf(body, { apiKey: secretKey, redact });
}
