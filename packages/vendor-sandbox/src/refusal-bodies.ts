// The vendor's own sentences, because a client has to recognise them as they are. Only the minute-level one is
// completed: no more than its beginning is known.

const PREMIUM_PAGE = 'https://www.alphavantage.co/premium/';
const THANKS = 'Thank you for using Alpha Vantage!';

/** What the sentences of a refusal mention. */
export interface RefusalDetails {
  readonly apiKey: string;
  readonly function: string;
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perDay: number;
}

export function pacingText({ perSecond, perDay }: RefusalDetails): string {
  const rate = `${perSecond} request${perSecond === 1 ? '' : 's'} per second`;
  return `${THANKS} Please consider spreading out your free API requests more sparingly (${rate}). You may subscribe to any of the premium plans at ${PREMIUM_PAGE} to lift the free key rate limit (${perDay} requests per day), raise the per-second burst limit, and instantly unlock all premium endpoints`;
}

export function premiumBurstText({ perSecond }: RefusalDetails): string {
  return `Burst pattern detected. Please consider spreading out your API requests more evenly across a 1-minute window and query no more than ${perSecond} requests per second. Please contact support@alphavantage.co if you are targeting a higher API request volume.`;
}

export function minuteQuotaText({ perMinute }: RefusalDetails): string {
  return `Minute-level rate limit exceeded. Please query no more than ${perMinute} requests per minute. Please contact support@alphavantage.co if you are targeting a higher API request volume.`;
}

export function dailyQuotaText({ apiKey, perDay }: RefusalDetails): string {
  return `We have detected your API key as ${apiKey} and our standard API rate limit is ${perDay} requests per day. Please subscribe to any of the premium plans at ${PREMIUM_PAGE} to instantly remove all daily rate limits.`;
}

export function legacyNoteText(): string {
  return `${THANKS} Our standard API call frequency is 5 calls per minute and 500 calls per day. Please visit ${PREMIUM_PAGE} if you would like to target a higher API call frequency.`;
}

export function premiumEndpointText(): string {
  return `${THANKS} This is a premium endpoint. You may subscribe to any of the premium plans at ${PREMIUM_PAGE} to instantly unlock all premium endpoints`;
}

export function premiumParameterText(details: RefusalDetails): string {
  return `${THANKS} The outputsize=full parameter value is a premium feature for the ${details.function} endpoint. You may subscribe to any of the premium plans at ${PREMIUM_PAGE} to instantly unlock all premium features`;
}

export function artificialSampleText(): string {
  return `This is a premium endpoint. ***THE SAMPLE DATA SCHEMA BELOW IS ARTIFICIAL AND FOR ILLUSTRATION PURPOSES ONLY***. To access the actual data, please subscribe to any premium plan that mentions 'Realtime US Market Data' in its description at ${PREMIUM_PAGE} for your personal non-professional use. For professional/commercial use, please contact support at support@alphavantage.co.`;
}

export function demoKeyText(): string {
  return 'The **demo** API key is for demo purposes only. Please claim your free API key at (https://www.alphavantage.co/support/#api-key) to explore our full API offerings. It takes fewer than 20 seconds.';
}

export function invalidKeyText(): string {
  return 'the parameter apikey is invalid or missing. Please claim your free API key on (https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds.';
}

export function invalidCallText(details: RefusalDetails): string {
  return `Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for ${details.function}.`;
}

export function unknownFunctionText(name: string): string {
  return `This API function (${name}) does not exist.`;
}

export function outageText(): string {
  return 'The time series encountered an internal or external error - we apologize for the inconvenience.';
}

/** The page that the vendor's host serves while the application is down. */
export const OUTAGE_PAGE: string = `<!DOCTYPE html>
<html>
  <head>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta charset="utf-8">
    <title>Application Error</title>
  </head>
  <body>
    <iframe src="//www.herokucdn.com/error-pages/application-error.html"></iframe>
  </body>
</html>
`;
