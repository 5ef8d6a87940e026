/** What a symbol names: a share (or fund, index, future), a pair of currencies, or a digital currency's price. */
export type AssetClass = 'stock' | 'fx' | 'crypto';

/** Every asset class. */
export const assetClasses: readonly AssetClass[] = ['stock', 'fx', 'crypto'];

/** The two sides of a symbol such as `EUR/USD`: one unit of `base` costs so much of `quote`. */
export interface Pair {
  readonly base: string;
  readonly quote: string;
}

/** The active codes of ISO 4217 that prices are given in, the common precious metals among them. */
const currencies: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF ' +
    'CLF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD ' +
    'HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD ' +
    'MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR ' +
    'RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS ' +
    'UAH UGX USD UYU UZS VES VND VUV WST XAF XAG XAU XCD XCG XOF XPD XPF XPT YER ZAR ZMW ZWG'
  ).split(' '),
);

/** Digital currencies that others are priced in. */
const digitalQuotes: ReadonlySet<string> = new Set(['BTC', 'ETH', 'USDC', 'USDT']);

/**
 * What a symbol, as `parseSymbol` gives it, names. `BASE/QUOTE` is a pair when prices are given in `QUOTE`: of two
 * currencies (`EUR/USD`) where both are in ISO 4217, of a digital currency (`BTC/USD`, `ETH/BTC`) otherwise. All else is
 * a stock, share classes such as `BRK/B` and `BTC-USD` included: a dash is part of many stock symbols.
 */
export function assetClassOf(symbol: string): AssetClass {
  const pair = pairOf(symbol);
  if (pair === undefined) return 'stock';
  return currencies.has(pair.base) && currencies.has(pair.quote) ? 'fx' : 'crypto';
}

/** The sides of a pair; `undefined` for a symbol that is none. */
export function pairOf(symbol: string): Pair | undefined {
  const [, base, quote] = /^([A-Z0-9]{2,10})\/([A-Z]{3,4})$/.exec(symbol) ?? [];
  if (base === undefined || quote === undefined || base === quote) return undefined;
  return currencies.has(quote) || digitalQuotes.has(quote) ? { base, quote } : undefined;
}
