import { isExchange } from '@quantumtrade/market-calendar';
import { assetClassOf } from '@quantumtrade/shared-types';

/** Endings of symbols as Alpha Vantage writes them. */
const suffixes: ReadonlyMap<string, string> = new Map([
  ['.LON', 'XLON'],
  ['.TRT', 'XTSE'],
  ['.TRV', 'XTSE'],
  ['.HKG', 'XHKG'],
  ['.HK', 'XHKG'],
]);

/**
 * The exchange whose calendar a symbol follows: what the host says of the symbol or its ending, then `24/5` and `24/7` for
 * pairs, then the ending, and `XNYS` for all else.
 *
 * @param chosen symbols (`BRK/B`) and endings (`.DEX`) with their exchanges.
 */
export function exchangeOf(symbol: string, chosen: ReadonlyMap<string, string> = new Map()): string {
  const dot = symbol.lastIndexOf('.');
  const ending = dot < 0 ? undefined : symbol.slice(dot);
  const own = chosen.get(symbol) ?? (ending === undefined ? undefined : chosen.get(ending));
  if (own !== undefined) return own;
  const asset = assetClassOf(symbol);
  if (asset !== 'stock') return asset === 'fx' ? '24/5' : '24/7';
  return (ending === undefined ? undefined : suffixes.get(ending)) ?? 'XNYS';
}

/** One `SYMBOL=EXCHANGE` or `.ENDING=EXCHANGE`; `undefined` for what is neither. */
export function parseExchangeChoice(text: string): readonly [symbol: string, exchange: string] | undefined {
  const [, symbol, exchange] = /^([^=\s]{1,32})=(\S+)$/.exec(text.trim()) ?? [];
  return symbol === undefined || exchange === undefined || !isExchange(exchange)
    ? undefined
    : [symbol.toUpperCase(), exchange];
}

/** Choices as {@link exchangeOf} takes them; what is none is left out. */
export function exchangeChoices(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(texts.map(parseExchangeChoice).filter((choice) => choice !== undefined));
}
