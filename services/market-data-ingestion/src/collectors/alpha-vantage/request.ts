import { type Redacted, ServiceError } from '@quantumtrade/core-traits';
import {
  assetClassOf,
  type BarRequest,
  type CorporateActionRequest,
  intradayMilliseconds,
  isInterval,
} from '@quantumtrade/shared-types';
import { actionWords } from './action-words.ts';
import type { AlphaVantageSettings } from './settings.ts';
import { vendorSeriesOf } from './vendor-series.ts';

const months = /^\d{4}-(0[1-9]|1[0-2])$/;
const firstMonth = '2000-01';

/**
 * The parameters that ask Alpha Vantage for some bars, without the key. Nothing that matters is left to the vendor's
 * defaults, which have changed over the years.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidRequest`, for a request the vendor has no words for.
 */
export function queryOf(
  request: BarRequest,
  settings: Pick<AlphaVantageSettings, 'defaultOutputSize' | 'dataType' | 'extendedHours' | 'entitlement'>,
): URLSearchParams {
  const { symbol, interval, month, outputSize } = request;
  if (!isInterval(interval)) throw invalidRequest('the interval is not one of 1min to 60min, daily, weekly, monthly');
  const intraday = intradayMilliseconds(interval) !== undefined;
  if (month !== undefined) {
    if (!intraday) throw invalidRequest('a month can only be chosen for intraday bars; leave it out');
    if (!months.test(month) || month < firstMonth) {
      throw invalidRequest(`the month must be written YYYY-MM and not lie before ${firstMonth}`);
    }
  }
  const series = vendorSeriesOf(request);
  const query = new URLSearchParams({ function: series.function, ...series.parameters });
  if (series.hasOutputSize) {
    query.set('outputsize', outputSize ?? (month === undefined ? settings.defaultOutputSize : 'full'));
  }
  if (month !== undefined) query.set('month', month);
  if (assetClassOf(symbol) === 'stock') {
    const extendedHours = request.extendedHours ?? (settings.extendedHours === false ? false : undefined);
    if (intraday && extendedHours !== undefined) query.set('extended_hours', String(extendedHours));
    const entitlement = request.entitlement ?? settings.entitlement;
    if (entitlement !== undefined) query.set('entitlement', entitlement);
  }
  query.set('datatype', settings.dataType);
  return query;
}

/** The parameters that ask Alpha Vantage for the dividends or splits of a symbol, without the key. */
export function actionsQueryOf(
  { symbol, kind }: CorporateActionRequest,
  { dataType }: Pick<AlphaVantageSettings, 'dataType'>,
): URLSearchParams {
  return new URLSearchParams({ function: actionWords[kind].function, symbol, datatype: dataType });
}

/**
 * The URL to fetch: the only value in the program that holds the key in clear. Make it at the last moment and keep it
 * nowhere.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidBaseUrl`.
 */
export function signedUrl(baseUrl: string, query: URLSearchParams, apiKey: Redacted<string>): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'invalidBaseUrl',
      message: 'the base URL of Alpha Vantage is no http or https URL; the real one is https://www.alphavantage.co',
    });
  }
  // The whole endpoint is given; only a bare host leaves out what every Alpha Vantage address has.
  if (url.pathname === '/') url.pathname = '/query';
  for (const [name, value] of query) url.searchParams.set(name, value);
  url.searchParams.set('apikey', apiKey.reveal());
  return url;
}

function invalidRequest(what: string): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidRequest',
    message: `Alpha Vantage cannot be asked for these bars: ${what}`,
  });
}
