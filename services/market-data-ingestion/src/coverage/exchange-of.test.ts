import { describe, expect, it } from 'vitest';
import { exchangeChoices, exchangeOf, parseExchangeChoice } from './exchange-of.ts';

describe('the exchange of a symbol', () => {
  it.each([
    ['AAPL', 'XNYS'],
    ['BRK.B', 'XNYS'],
    ['TSCO.LON', 'XLON'],
    ['SHOP.TRT', 'XTSE'],
    ['0700.HKG', 'XHKG'],
    ['EUR/USD', '24/5'],
    ['BTC/USD', '24/7'],
  ])('of %s is %s', (symbol, exchange) => {
    expect(exchangeOf(symbol)).toBe(exchange);
  });

  it('is what was chosen for the symbol, or else for its ending', () => {
    const chosen = exchangeChoices(['.lon=XTSE', 'TSCO.LON=XHKG', 'EUR/USD=24/7', 'nonsense']);
    expect(['TSCO.LON', 'VOD.LON', 'EUR/USD', 'AAPL'].map((symbol) => exchangeOf(symbol, chosen))).toEqual([
      ...['XHKG', 'XTSE', '24/7', 'XNYS'],
    ]);
  });

  it.each(['AAPL', 'AAPL=', '=XNYS', 'AAPL=NYSE', 'A A=XNYS'])('is not chosen by %s', (text) => {
    expect(parseExchangeChoice(text)).toBe(undefined);
  });
});
