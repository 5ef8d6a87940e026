import { describe, expect, it } from 'vitest';
import { createToken, tokens } from './tokens.ts';

describe('tokens', () => {
  it('are the same for the same name everywhere in the process', () => {
    expect(createToken('Clock')).toBe(tokens.Clock);
    expect(tokens.Clock).toBe(Symbol.for('@quantumtrade/Clock'));
  });

  it('are named after their contracts, each another one', () => {
    for (const [name, token] of Object.entries(tokens)) expect(token.description).toBe(`@quantumtrade/${name}`);
    expect(new Set(Object.values(tokens)).size).toBe(10);
  });

  it('serve as keys of a plain map', () => {
    const bindings = new Map<symbol, string>([[tokens.Cache, 'cache']]);
    expect(bindings.get(createToken('Cache'))).toBe('cache');
    expect(bindings.has(tokens.Clock)).toBe(false);
  });
});
