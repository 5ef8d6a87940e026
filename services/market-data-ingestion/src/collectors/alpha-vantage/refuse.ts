import type { Redacted } from '@quantumtrade/core-traits';
import { plainName } from '../shared/columns.ts';
import type { VendorAnswer } from '../shared/http.ts';
import { retryAfterOf } from '../shared/retry-after.ts';
import { excerptOf, scrub, shorten } from '../shared/scrub.ts';
import { explanations, keyRefused, vendorError } from '../shared/vendor-error.ts';
import type { VendorReason } from '../shared/vendor-reason.ts';
import { alphaVantage } from './vendor.ts';

/** What a refusal is worded with. */
export interface RefusalContext {
  readonly settings: { readonly apiKey: Redacted<string> };
  /** Removes secrets from text that goes into a message. */
  readonly redact: (text: string) => string;
  /** Milliseconds since the Unix epoch (UTC), for `Retry-After` dates. */
  readonly now: number;
}

const speakingKeys = new Set(['information', 'note', 'error message', 'error', 'message', 'warning', 'detail', 'info']);

/** The vendor's own words in an answer without rows: what stands under the keys it speaks with, or all of a short one. */
export function wordsOf(texts: ReadonlyMap<string, string>): string {
  const spoken = [...texts].filter(([key]) => speakingKeys.has(plainName(key)));
  const chosen = spoken.length > 0 ? spoken : texts.size <= 3 ? [...texts] : [];
  return chosen.map(([, text]) => text).join(' ');
}

/** A body of words is short; what is longer and no series is data of some other sort, whatever words are in it. */
const shortBody = 2000;

/** All the text of a short answer, for words in a place where the vendor does not use to speak. */
export function textOf({ body }: VendorAnswer): string {
  return body.length > shortBody
    ? ''
    : new TextDecoder()
        .decode(body)
        .replace(/["'{}[\]:,\s]+/g, ' ')
        .trim();
}

/** Refuses every status but 200; gives nothing for 200, so that the caller goes on. */
export function refuseStatus(answer: VendorAnswer, context: RefusalContext): undefined {
  const { status } = answer;
  if (status === 200) return undefined;
  const said = `answered with status ${status}`;
  if (status === 429) fail('minuteQuota', `${said}: too many requests`, answer, context);
  if (status === 401 || status === 403) fail('authentication', `${said}: check the API key`, answer, context);
  if (status >= 500 || status === 408) fail('outage', `${said}; try again later`, answer, context);
  if (status >= 300 && status < 400)
    fail('unknown', `${said}; redirects are not followed, check the base URL`, answer, context);
  return fail('unknown', `${said}: ${excerpt(answer, context)}`, answer, context);
}

/** Refuses by what the vendor's words mean. */
export function failByWords(reason: VendorReason, words: string, answer: VendorAnswer, context: RefusalContext): never {
  const { status } = answer;
  const message = `${explanations[reason]}: ${say(words, context)}`;
  if (reason === 'authentication') throw keyRefused(alphaVantage, message);
  return fail(reason, status === 200 ? message : `(status ${status}) ${message}`, answer, context);
}

/** Throws the error of a refusal. */
export function fail(
  reason: VendorReason,
  what: string,
  answer: VendorAnswer,
  context: RefusalContext,
  retryable?: boolean,
): never {
  throw vendorError({
    vendor: alphaVantage,
    reason,
    what,
    statusCode: answer.status,
    retryAfterMs: retryAfterOf(answer.headers['retry-after'], context.now),
    retryable,
  });
}

/** A text of the vendor's, fit for a message. */
export function say(text: string, context: RefusalContext): string {
  return shorten(scrub(text, secrets(context)));
}

/** The beginning of a body, fit for a message. */
export function excerpt({ body }: VendorAnswer, context: RefusalContext): string {
  return excerptOf(body, secrets(context));
}

function secrets({ settings, redact }: RefusalContext): {
  apiKey: Redacted<string>;
  redact: (text: string) => string;
} {
  return { apiKey: settings.apiKey, redact };
}
