import type { MadeBar } from '../measure/bars.ts';

export const lastRefreshed = '2024-06-03 19:55:00';

/** The bars as Alpha Vantage answers with them, newest first. */
export function vendorBody(symbol: string, bars: readonly MadeBar[]): Uint8Array {
  const rows = bars
    .toReversed()
    .map(({ label, open, high, low, close, volume }) => [
      label,
      { '1. open': open, '2. high': high, '3. low': low, '4. close': close, '5. volume': volume },
    ]);
  const answer = {
    'Meta Data': {
      '1. Information': 'Intraday (5min) open, high, low, close prices and volume',
      '2. Symbol': symbol,
      '3. Last Refreshed': lastRefreshed,
      '4. Interval': '5min',
      '5. Output Size': 'Full size',
      '6. Time Zone': 'US/Eastern',
    },
    'Time Series (5min)': Object.fromEntries(rows),
  };
  return new TextEncoder().encode(JSON.stringify(answer, undefined, 4));
}
