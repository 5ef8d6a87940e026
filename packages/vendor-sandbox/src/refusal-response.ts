import type { Refusal } from './refusal.ts';
import * as text from './refusal-bodies.ts';
import { htmlResponse, jsonResponse } from './responses.ts';
import type { SandboxResponse } from './sandbox-types.ts';

/** What a refusal needs besides its name. */
export interface RefusalContext extends text.RefusalDetails {
  /** The symbol as it was asked for. */
  readonly symbol: string;
  /** The answer this request would have got, or one for another symbol, or one without bars. */
  readonly series: (variant: { readonly symbol?: string; readonly empty?: boolean }) => SandboxResponse;
}

const ANOTHER_SYMBOL = 'ZZZZ';

/** A refusal as the vendor would send it: nearly always HTTP 200 with JSON, even when CSV was asked for. */
export function refusalResponse(refusal: Refusal, context: RefusalContext): SandboxResponse {
  switch (refusal) {
    case 'pacing':
      return information(text.pacingText(context));
    case 'premiumBurst':
      return information(text.premiumBurstText(context));
    case 'minuteQuota':
      return information(text.minuteQuotaText(context));
    case 'dailyQuota':
      return information(text.dailyQuotaText(context));
    case 'legacyNote':
      return jsonResponse({ Note: text.legacyNoteText() });
    case 'premiumEndpoint':
      return information(text.premiumEndpointText());
    case 'premiumParameter':
      return information(text.premiumParameterText(context));
    case 'artificialSample':
      return artificialSample(context);
    case 'demoKey':
      return information(text.demoKeyText());
    case 'invalidKey':
      return errorMessage(text.invalidKeyText());
    case 'invalidCall':
      return errorMessage(text.invalidCallText(context));
    case 'outage':
      return errorMessage(text.outageText());
    case 'outageHtml':
      return htmlResponse(503, text.OUTAGE_PAGE);
    case 'outageHtml200':
      return htmlResponse(200, text.OUTAGE_PAGE);
    case 'truncated':
      return truncated(context.series({}));
    case 'emptyObject':
      return jsonResponse({});
    case 'emptySeries':
      return context.series({ empty: true });
    case 'wrongSymbol':
      return context.series({ symbol: ANOTHER_SYMBOL });
    case 'unknownBody':
      return jsonResponse({ Notice: 'Scheduled changes to this service are described on the status page.' });
    case 'http500':
      return htmlResponse(500, '<!doctype html>\n<title>500 Internal Server Error</title>\n');
    case 'http429':
      return tooManyRequests();
  }
}

/** The vendor's answer to a function it does not have. */
export function unknownFunctionResponse(name: string): SandboxResponse {
  return errorMessage(text.unknownFunctionText(name));
}

function information(sentence: string): SandboxResponse {
  return jsonResponse({ Information: sentence });
}

function errorMessage(sentence: string): SandboxResponse {
  return jsonResponse({ 'Error Message': sentence });
}

function artificialSample(context: RefusalContext): SandboxResponse {
  const row = { symbol: context.symbol, timestamp: '2024-10-18 19:59:55.291', open: '100.0', close: '101.0' };
  return jsonResponse({ endpoint: context.function, message: text.artificialSampleText(), data: [row] });
}

/** Cut inside the last bar, so that neither format can be mistaken for a shorter complete answer. */
function truncated(whole: SandboxResponse): SandboxResponse {
  const lastComma = whole.body.lastIndexOf(',');
  return { ...whole, body: whole.body.slice(0, lastComma) };
}

function tooManyRequests(): SandboxResponse {
  const body = jsonResponse({ message: 'Too Many Requests' });
  return { ...body, status: 429, headers: { ...body.headers, 'retry-after': '1' } };
}
