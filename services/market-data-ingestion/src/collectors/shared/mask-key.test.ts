import { Redacted } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { maskKey } from './mask-key.ts';

function masked(text: string, key: string): string {
  return new TextDecoder().decode(maskKey(new TextEncoder().encode(text), new Redacted(key)));
}

describe('maskKey', () => {
  it('overwrites every occurrence and moves nothing', () => {
    expect(masked('a,KEY12345,b,KEY12345KEY12345', 'KEY12345')).toBe('a,********,b,****************');
  });

  it('finds the key in its URL-encoded spellings', () => {
    expect(masked('x=K%2FY%2B1 x=K%2fY%2b1 x=K/Y+1', 'K/Y+1')).not.toMatch(/K/);
  });

  it('gives the same bytes where there is no key', () => {
    const bytes = new TextEncoder().encode('2024-01-02,10.5');
    expect(maskKey(bytes, new Redacted('KEY12345'))).toBe(bytes);
  });

  it('leaves the given bytes as they are', () => {
    const bytes = new TextEncoder().encode('KEY12345');
    maskKey(bytes, new Redacted('KEY12345'));
    expect(new TextDecoder().decode(bytes)).toBe('KEY12345');
  });

  it('reads a view into a larger buffer at its own place', () => {
    const whole = new TextEncoder().encode('KEY12345 10.5 KEY12345');
    const view = whole.subarray(9);
    expect(new TextDecoder().decode(maskKey(view, new Redacted('KEY12345')))).toBe('10.5 ********');
  });

  it.each(['', '20240102', '10.5', 'demo'])('never takes the key %j for a secret among data', (key) => {
    expect(masked('20240102,10.5,demo', key)).toBe('20240102,10.5,demo');
  });
});
