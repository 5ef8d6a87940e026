import { assetClassOf, type BarRequest, type Interval, intradayMilliseconds, pairOf } from '@quantumtrade/shared-types';

/** How Alpha Vantage names a series: in a request, and in the answer to it. */
export interface VendorSeries {
  readonly function: string;
  /** The parameters that say what is wanted, in the order in which they are sent. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether `outputsize` means anything to the function. */
  readonly hasOutputSize: boolean;
  /** The key of the series in JSON. */
  readonly key: string;
  /** The zone of its times where the answer names none, as in CSV. */
  readonly timeZone: 'America/New_York' | 'UTC';
  /** What the meta data must say where it says anything: by plain name. */
  readonly metaData: Readonly<Record<string, string>>;
}

const words: Partial<Record<Interval, readonly [functionPart: string, keyPart: string]>> = {
  daily: ['DAILY', 'Daily'],
  weekly: ['WEEKLY', 'Weekly'],
  monthly: ['MONTHLY', 'Monthly'],
};

/** The series that holds the bars of a request. The symbol says by its form whether it names a pair. */
export function vendorSeriesOf(request: BarRequest): VendorSeries {
  const pair = pairOf(request.symbol);
  if (pair === undefined) return stockSeries(request);
  const { base, quote } = pair;
  return assetClassOf(request.symbol) === 'fx'
    ? fxSeries(base, quote, request.interval)
    : cryptoSeries(base, quote, request.interval);
}

function stockSeries({ symbol, interval, adjusted }: BarRequest): VendorSeries {
  const [functionPart, keyPart] = words[interval] ?? [];
  const zone = { timeZone: 'America/New_York', metaData: { symbol, interval } } as const;
  if (functionPart === undefined) {
    return {
      ...zone,
      function: 'TIME_SERIES_INTRADAY',
      parameters: { symbol, interval, adjusted: String(adjusted) },
      hasOutputSize: true,
      key: `Time Series (${interval})`,
    };
  }
  const daily = interval === 'daily';
  return {
    ...zone,
    function: `TIME_SERIES_${functionPart}${adjusted ? '_ADJUSTED' : ''}`,
    parameters: { symbol },
    hasOutputSize: daily,
    key: daily ? 'Time Series (Daily)' : `${keyPart} ${adjusted ? 'Adjusted ' : ''}Time Series`,
  };
}

function fxSeries(base: string, quote: string, interval: Interval): VendorSeries {
  const [functionPart, keyPart] = words[interval] ?? ['INTRADAY', interval];
  const intraday = intradayMilliseconds(interval) !== undefined;
  return {
    function: `FX_${functionPart}`,
    parameters: { from_symbol: base, to_symbol: quote, ...(intraday ? { interval } : {}) },
    hasOutputSize: intraday || interval === 'daily',
    key: `Time Series FX (${keyPart})`,
    timeZone: 'UTC',
    metaData: { 'from symbol': base, 'to symbol': quote, interval },
  };
}

function cryptoSeries(base: string, quote: string, interval: Interval): VendorSeries {
  const [functionPart, keyPart] = words[interval] ?? [];
  const pair = { symbol: base, market: quote };
  return {
    function: functionPart === undefined ? 'CRYPTO_INTRADAY' : `DIGITAL_CURRENCY_${functionPart}`,
    parameters: functionPart === undefined ? { ...pair, interval } : pair,
    hasOutputSize: functionPart === undefined,
    key: functionPart === undefined ? `Time Series Crypto (${interval})` : `Time Series (Digital Currency ${keyPart})`,
    timeZone: 'UTC',
    metaData: { 'digital currency code': base, 'market code': quote, interval },
  };
}
