import { type BarRequest, intradayMilliseconds, type RawBars } from '@quantumtrade/shared-types';
import { runAtOnce, type Steps } from '../../steps.ts';
import { BodyError } from '../shared/body-error.ts';
import { formOf } from '../shared/body-form.ts';
import type { VendorAnswer } from '../shared/http.ts';
import { excerpt, fail, failByWords, type RefusalContext, refuseStatus, say, textOf, wordsOf } from './refuse.ts';
import { readCsvAnswer } from './series-csv.ts';
import { type JsonAnswer, readJsonInSteps } from './series-json.ts';
import type { AlphaVantageSettings } from './settings.ts';
import { timeZoneOf } from './time-zone.ts';
import { vendorSeriesOf } from './vendor-series.ts';
import { isArtificial, meaningOf } from './wording.ts';

/** What an answer is judged against. */
export interface ClassifyContext extends RefusalContext {
  readonly request: BarRequest;
  readonly settings: RefusalContext['settings'] & Pick<AlphaVantageSettings, 'source' | 'barLabel'>;
}

/**
 * The bars in an answer of Alpha Vantage.
 *
 * The vendor refuses with status 200 and in JSON whatever was asked for, and its wording changes: what decides first is
 * whether the expected series is there, and only then what the words say. The body's form is found from its first
 * bytes, not from its content type.
 *
 * @throws ServiceError always of one of the kinds `rateLimit`, `configuration`, `externalApi` and `dataQuality`, with a
 * `VendorReason`.
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
  const artificial = [...parsed.texts.values(), ...metaData.values()].find(isArtificial);
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
  const said = textOf(answer);
  const nested = meaningOf(said);
  if (nested !== undefined) return failByWords(nested, said, answer, context);
  return fail('unknown', `sent an answer without "${expected}": ${excerpt(answer, context)}`, answer, context);
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
  return fail('unknown', `sent an answer that is no series: ${excerpt(answer, context)}`, answer, context);
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

function noRows({ request }: ClassifyContext): string {
  return `has no ${request.interval} rows for ${request.symbol}; check the symbol, or try again later`;
}
