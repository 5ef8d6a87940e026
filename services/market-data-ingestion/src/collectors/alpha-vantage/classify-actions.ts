import type { CorporateActionRequest, RawCorporateAction, RawCorporateActions } from '@quantumtrade/shared-types';
import { BodyError } from '../shared/body-error.ts';
import { formOf } from '../shared/body-form.ts';
import { plainName } from '../shared/columns.ts';
import type { VendorAnswer } from '../shared/http.ts';
import { scrub } from '../shared/scrub.ts';
import { actionWords } from './action-words.ts';
import { readActionsCsv, readActionsJson } from './actions-body.ts';
import { excerpt, fail, failByWords, type RefusalContext, refuseStatus, say, textOf, wordsOf } from './refuse.ts';
import type { AlphaVantageSettings } from './settings.ts';
import { isArtificial, meaningOf } from './wording.ts';

/** What an answer about corporate actions is judged against. */
export interface ActionsContext extends RefusalContext {
  readonly request: CorporateActionRequest;
  readonly settings: RefusalContext['settings'] & Pick<AlphaVantageSettings, 'source'>;
}

/**
 * The dividends or splits in an answer of Alpha Vantage, judged like bars: by whether the expected list is there, and
 * then by the words. A list without rows is an answer: many companies pay nothing and never split.
 *
 * @throws ServiceError always of one of the kinds `rateLimit`, `configuration`, `externalApi` and `dataQuality`, with a
 * `VendorReason`.
 */
export function classifyActions(answer: VendorAnswer, context: ActionsContext): RawCorporateActions {
  try {
    const form = formOf(answer.body);
    if (form === 'json') return fromJson(answer, context);
    if (form === 'text') return fromText(answer, context);
    refuseStatus(answer, context);
    return form === 'html'
      ? fail('outage', 'answered with a web page; try again later', answer, context)
      : fail('malformed', 'sent no body; try again later', answer, context, true);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    refuseStatus(answer, context);
    const what = `sent a broken answer: ${error.message}${error.truncated ? '; try again' : ''}`;
    return fail('malformed', what, answer, context, error.truncated);
  }
}

function fromJson(answer: VendorAnswer, context: ActionsContext): RawCorporateActions {
  const { symbol, kind } = context.request;
  const { texts, rows, isEmpty } = readActionsJson(answer.body, actionWords[kind]);
  const artificial = [...texts.values()].find(isArtificial);
  if (artificial !== undefined) return failByWords('artificialSample', artificial, answer, context);
  const given = [...texts].find(([key]) => plainName(key) === 'symbol')?.[1];
  if (answer.status === 200 && rows !== undefined && given !== undefined) {
    if (given.trim().toUpperCase() !== symbol) {
      const what = `answered for symbol "${say(given, context)}" instead of ${symbol}; nothing was taken`;
      return fail('malformed', what, answer, context);
    }
    return actionsOf(rows, answer, context);
  }
  const words = wordsOf(texts);
  const meaning = meaningOf(words);
  if (meaning !== undefined) return failByWords(meaning, words, answer, context);
  refuseStatus(answer, context);
  if (isEmpty) {
    return fail('noData', `has no ${kind}s for ${symbol}; check the symbol, or try again later`, answer, context);
  }
  const said = textOf(answer);
  const nested = meaningOf(said);
  if (nested !== undefined) return failByWords(nested, said, answer, context);
  return fail('unknown', `sent an answer without ${kind}s: ${excerpt(answer, context)}`, answer, context);
}

function fromText(answer: VendorAnswer, context: ActionsContext): RawCorporateActions {
  const { kind } = context.request;
  const rows = answer.status === 200 ? readActionsCsv(answer.body, actionWords[kind]) : undefined;
  if (rows !== undefined) return actionsOf(rows, answer, context);
  refuseStatus(answer, context);
  const words = new TextDecoder().decode(answer.body.subarray(0, 2000));
  const meaning = meaningOf(words);
  if (meaning !== undefined) return failByWords(meaning, words, answer, context);
  return fail('unknown', `sent an answer without ${kind}s: ${excerpt(answer, context)}`, answer, context);
}

function actionsOf(
  rows: readonly RawCorporateAction[],
  answer: VendorAnswer,
  context: ActionsContext,
): RawCorporateActions {
  const { request, settings } = context;
  if (rows.length > 0 && rows.every(({ exDate, value }) => exDate === undefined && value === undefined)) {
    const what = `sent a list that holds no ${request.kind}s; nothing was taken`;
    return fail('malformed', what, answer, context);
  }
  return { ...request, source: settings.source, rows: rows.map((row) => withoutKey(row, context)) };
}

/** A rejected row is kept word for word, and the vendor quotes the key in odd places. */
function withoutKey(row: RawCorporateAction, { settings, redact }: ActionsContext): RawCorporateAction {
  const clean = (text: string): string =>
    /^[\d.\-A-Za-z]{0,24}$/.test(text) && !text.includes(settings.apiKey.reveal())
      ? text
      : scrub(text, { apiKey: settings.apiKey, redact });
  return Object.fromEntries(Object.entries(row).map(([field, text]) => [field, clean(text)]));
}
