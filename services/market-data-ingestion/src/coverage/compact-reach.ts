import { assetClassOf } from '@quantumtrade/shared-types';

const dayMs = 86_400_000;

/**
 * How far back, in milliseconds, compact data surely reaches with daily bars: 100 of them less some room for holidays and
 * halts.
 */
export function compactReachMs(symbol: string): number {
  return (assetClassOf(symbol) === 'crypto' ? 90 : 126) * dayMs;
}
