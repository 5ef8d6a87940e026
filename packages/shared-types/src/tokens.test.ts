import { createToken, tokens } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { marketDataTokens } from './tokens.ts';

describe('marketDataTokens', () => {
  it('are named after their contracts', () => {
    for (const [name, token] of Object.entries(marketDataTokens)) expect(token).toBe(createToken(name));
  });

  it('are none of the shared contracts', () => {
    const shared: readonly symbol[] = Object.values(tokens);
    expect(Object.values(marketDataTokens).filter((token) => shared.includes(token))).toEqual([]);
  });
});
