import { barInterval, type MadeBar } from './bars.ts';

/** The vendor's word for how fresh its answer is. */
export const lastRefreshed = '2024-06-03 19:55:00';
const vendorTimeZone = 'US/Eastern';

/** An answer of Alpha Vantage that lacks only the symbol. */
export interface Payload {
  /** What comes before the rows; small. */
  head(symbol: string): Uint8Array;
  /** The rows, the same for every symbol. */
  readonly rows: Uint8Array;
  /** The whole answer. */
  body(symbol: string): Uint8Array;
  /** The whole answer in place of an earlier one, or a new one where that is of another length. */
  bodyInto(earlier: Uint8Array | undefined, symbol: string): Uint8Array;
}

const placeholder = '{symbol}';
const encoder = new TextEncoder();

/** The bars as Alpha Vantage answers with them, newest first. */
export function payloadOf(bars: readonly MadeBar[]): Payload {
  const series = bars
    .toReversed()
    .map(({ label, open, high, low, close, volume }) => [
      label,
      { '1. open': open, '2. high': high, '3. low': low, '4. close': close, '5. volume': volume },
    ]);
  const answer = {
    'Meta Data': {
      '1. Information': `Intraday (${barInterval}) open, high, low, close prices and volume`,
      '2. Symbol': placeholder,
      '3. Last Refreshed': lastRefreshed,
      '4. Interval': barInterval,
      '5. Output Size': 'Full size',
      '6. Time Zone': vendorTimeZone,
    },
    [`Time Series (${barInterval})`]: Object.fromEntries(series),
  };
  const [before = '', after = ''] = JSON.stringify(answer, undefined, 4).split(placeholder);
  const rows = encoder.encode(after);
  const head = (symbol: string): Uint8Array => encoder.encode(before + symbol);
  const body = (symbol: string): Uint8Array => new Uint8Array(Buffer.concat([head(symbol), rows]));
  const bodyInto = (earlier: Uint8Array | undefined, symbol: string): Uint8Array => {
    const start = head(symbol);
    if (earlier?.length !== start.length + rows.length) return body(symbol);
    earlier.set(start);
    earlier.set(rows, start.length);
    return earlier;
  };
  return { head, rows, body, bodyInto };
}
