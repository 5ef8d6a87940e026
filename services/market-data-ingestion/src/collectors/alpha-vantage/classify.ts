import type { Redacted } from '@quantumtrade/core-traits';
import { type BarRequest, intradayMilliseconds, type RawBars } from '@quantumtrade/shared-types';
import { runAtOnce, type Steps } from '../../steps.ts';
import { BodyError } from '../shared/body-error.ts';
import { formOf } from '../shared/body-form.ts';
import { plainName } from '../shared/columns.ts';
import type { VendorAnswer } from '../shared/http.ts';
import { retryAfterOf } from '../shared/retry-after.ts';
import { excerptOf, scrub, shorten } from '../shared/scrub.ts';
import { explanations, keyRefused, vendorError } from '../shared/vendor-error.ts';
import type { VendorReason } from '../shared/vendor-reason.ts';
import { readCsvAnswer } from './series-csv.ts';
import { type JsonAnswer, readJsonInSteps } from './series-json.ts';
import type { AlphaVantageSettings } from './settings.ts';
import { timeZoneOf } from './time-zone.ts';
import { alphaVantage } from './vendor.ts';
import { vendorSeriesOf } from './vendor-series.ts';
import { isArtificial, meaningOf } from './wording.ts';

/** What an answer is judged against. */
export interface ClassifyContext {
  readonly request: BarRequest;
  readonly settings: Pick<AlphaVantageSettings, 'source' | 'barLabel'> & { readonly apiKey: Redacted<string> };
  /** Removes secrets from text that goes into a message. */
  readonly redact: (text: string) => string;
  /** Milliseconds since the Unix epoch (UTC), for `Retry-After` dates. */
  readonly now: number;
}

/**
 * The bars in an answer of Alpha Vantage.
 *
 * The vendor refuses with status 200 and in JSON whatever was asked for, and its wording changes: what decides first is
 * whether the expected series is there, and only then what the words say. The body's form is found from its first
 * bytes, not from its content type.
 *
 * @throws ServiceError always of one of the kinds `rateLimit`, `configuration`, `externalApi` and `dataQuality`, with a
 * {@link VendorReason}.
 */
export function classifyAnswer(answer: VendorAnswer, context: ClassifyContext): RawBars {
  return runAtOnce(classifyInSteps(answer, context));
}

/** {@link classifyAnswer} in steps. */
export function* classifyInSteps(answer: VendorAnswer, context: ClassifyContext): Steps<RawBars> {
  try {
    switch (formOf(answer.body)) {
      case 'json':
        return yield* fromJson(answer, context);
      case 'html':
        return (
          refuseStatus(answer, context) ?? fail('outage', 'answered with a web page; try again later', answer, context)
        );
      case 'empty':
        return (
          refuseStatus(answer, context) ?? fail('malformed', 'sent no body; try again later', answer, context, true)
        );
      case 'text':
        return fromText(answer, context);
    }
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    return (
      refuseStatus(answer, context) ??
      fail(
        'malformed',
        `sent a broken answer: ${error.message}${error.truncated ? '; try again' : ''}`,
        answer,
        context,
        error.truncated,
      )
    );
  }
}

function* fromJson(answer: VendorAnswer, context: ClassifyContext): Steps<RawBars> {
  const { key: expected, timeZone } = vendorSeriesOf(context.request);
  const parsed = yield* readJsonInSteps(answer.body, expected);
  const { series, otherSeries, metaData } = parsed;
  const artificial = [...parsed.texts.values()].find(isArtificial);
  if (artificial !== undefined) return failByWords('artificialSample', artificial, answer, context);
  if (answer.status === 200 && series !== undefined && series.length > 0) {
    checkMetaData(metaData, answer, context);
    const { label, length, values } = series;
    checkAdjustment(values, answer, context);
    return {
      ...headerOf(context, timeZoneOf(metaData.get('time zone'), timeZone), metaData.get('last refreshed')),
      text: parsed.text,
      length,
      label,
      values,
    };
  }
  const words = wordsOf(parsed.texts);
  const meaning = meaningOf(words);
  if (meaning !== undefined) return failByWords(meaning, words, answer, context);
  refuseStatus(answer, context);
  if (series === undefined && otherSeries !== undefined) {
    return fail('malformed', `answered with "${say(otherSeries, context)}" instead of "${expected}"`, answer, context);
  }
  if (parsed.isEmpty || series !== undefined) return fail('noData', noRows(context), answer, context);
  return fail(
    'unknown',
    `sent an answer without "${expected}": ${excerptOf(answer.body, secrets(context))}`,
    answer,
    context,
  );
}

function fromText(answer: VendorAnswer, context: ClassifyContext): RawBars {
  const parsed = answer.status === 200 ? readCsvAnswer(answer.body) : undefined;
  if (parsed !== undefined) {
    const { length, label, values } = parsed.series;
    if (length === 0) return fail('noData', noRows(context), answer, context);
    checkAdjustment(values, answer, context);
    return {
      ...headerOf(context, vendorSeriesOf(context.request).timeZone, undefined),
      text: parsed.text,
      length,
      label,
      values,
    };
  }
  refuseStatus(answer, context);
  const words = new TextDecoder().decode(answer.body.subarray(0, 2000));
  const meaning = meaningOf(words);
  if (meaning !== undefined) return failByWords(meaning, words, answer, context);
  return fail(
    'unknown',
    `sent an answer that is no series: ${excerptOf(answer.body, secrets(context))}`,
    answer,
    context,
  );
}

function headerOf(
  { request, settings }: ClassifyContext,
  timeZone: string,
  lastRefreshed: string | undefined,
): Pick<RawBars, 'series' | 'timeZone' | 'barLabel' | 'lastRefreshed'> {
  const { symbol, interval, adjusted } = request;
  return {
    series: { symbol, interval, source: settings.source, adjustment: adjusted ? 'adjusted' : 'raw' },
    timeZone,
    barLabel: settings.barLabel,
    lastRefreshed,
  };
}

/** Refuses rows of another symbol or interval: stored under the wrong name they would look right for ever. */
function checkMetaData(metaData: JsonAnswer['metaData'], answer: VendorAnswer, context: ClassifyContext): void {
  for (const [name, asked] of Object.entries(vendorSeriesOf(context.request).metaData)) {
    const given = metaData.get(name);
    if (given !== undefined && given.trim().toUpperCase() !== asked.toUpperCase()) {
      fail(
        'malformed',
        `answered for ${name} "${say(given, context)}" instead of ${asked}; nothing was taken`,
        answer,
        context,
      );
    }
  }
}

/** Refuses as-traded rows in place of adjusted ones: the key of the series is the same, and so would be the table. */
function checkAdjustment(values: RawBars['values'], answer: VendorAnswer, context: ClassifyContext): void {
  const { adjusted, interval } = context.request;
  if (!adjusted || intradayMilliseconds(interval) !== undefined || values.adjustedClose !== undefined) return;
  fail('malformed', 'answered without adjusted closes where they were asked for; nothing was taken', answer, context);
}

const speakingKeys = new Set(['information', 'note', 'error message', 'error', 'message', 'warning', 'detail', 'info']);

/** The vendor's own words in an answer without rows: what stands under the keys it speaks with, or all of a short one. */
function wordsOf(texts: ReadonlyMap<string, string>): string {
  const spoken = [...texts].filter(([key]) => speakingKeys.has(plainName(key)));
  const chosen = spoken.length > 0 ? spoken : texts.size <= 3 ? [...texts] : [];
  return chosen.map(([, text]) => text).join(' ');
}

/** Refuses every status but 200; gives nothing for 200, so that the caller goes on. */
function refuseStatus(answer: VendorAnswer, context: ClassifyContext): undefined {
  const { status } = answer;
  if (status === 200) return undefined;
  const said = `answered with status ${status}`;
  if (status === 429) fail('minuteQuota', `${said}: too many requests`, answer, context);
  if (status === 401 || status === 403) fail('authentication', `${said}: check the API key`, answer, context);
  if (status >= 500 || status === 408) fail('outage', `${said}; try again later`, answer, context);
  if (status >= 300 && status < 400)
    fail('unknown', `${said}; redirects are not followed, check the base URL`, answer, context);
  return fail('unknown', `${said}: ${excerptOf(answer.body, secrets(context))}`, answer, context);
}

function failByWords(reason: VendorReason, words: string, answer: VendorAnswer, context: ClassifyContext): never {
  const { status } = answer;
  const message = `${explanations[reason]}: ${say(words, context)}`;
  if (reason === 'authentication') throw keyRefused(alphaVantage, message);
  return fail(reason, status === 200 ? message : `(status ${status}) ${message}`, answer, context);
}

function fail(
  reason: VendorReason,
  what: string,
  answer: VendorAnswer,
  context: ClassifyContext,
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

function noRows({ request }: ClassifyContext): string {
  return `has no ${request.interval} rows for ${request.symbol}; check the symbol, or try again later`;
}

function say(text: string, context: ClassifyContext): string {
  return shorten(scrub(text, secrets(context)));
}

function secrets({ settings, redact }: ClassifyContext): {
  apiKey: Redacted<string>;
  redact: (text: string) => string;
} {
  return { apiKey: settings.apiKey, redact };
}
