import { describe, expect, it } from 'vitest';
import { assetClasses, assetClassOf, pairOf } from './asset.ts';

describe('assetClassOf', () => {
  it.each([
    ['EUR/USD', 'fx'],
    ['USD/JPY', 'fx'],
    ['XAU/USD', 'fx'],
    ['BTC/USD', 'crypto'],
    ['ETH/BTC', 'crypto'],
    ['SUSHI/USD', 'crypto'],
    ['1INCH/EUR', 'crypto'],
    ['USDT/USD', 'crypto'],
    ['EUR/USDC', 'crypto'],
    ['IBM', 'stock'],
    ['BRK.B', 'stock'],
    ['BRK/B', 'stock'],
    ['BAC/PRE', 'stock'],
    ['BTC-USD', 'stock'],
    ['BTCUSD', 'stock'],
    ['/ES', 'stock'],
    ['EUR/', 'stock'],
    ['A/USD', 'stock'],
    ['EUR/USD/X', 'stock'],
    ['USD/USD', 'stock'],
    ['NYSE:IBM', 'stock'],
  ])('takes %s for %s', (symbol, asset) => {
    expect(assetClassOf(symbol)).toBe(asset);
    expect(assetClasses).toContain(asset);
  });
});

describe('pairOf', () => {
  it('gives both sides of a pair and nothing of a stock', () => {
    expect(pairOf('EUR/USD')).toEqual({ base: 'EUR', quote: 'USD' });
    expect(pairOf('BTC/USD')).toEqual({ base: 'BTC', quote: 'USD' });
    expect(pairOf('BRK/B')).toBeUndefined();
  });
});
