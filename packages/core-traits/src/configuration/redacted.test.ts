import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Redacted } from './redacted.ts';

const canary = 'CANARY-5f1e';

describe('Redacted', () => {
  const secret = new Redacted(canary);

  it('reveals the secret when asked', () => {
    expect(secret.reveal()).toBe(canary);
  });

  it('hides it in every form of text', () => {
    const shown = [
      `${secret}`,
      `key=${String(secret)}`,
      JSON.stringify({ secret, list: [secret] }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: null, showHidden: true }),
      inspect(secret, { customInspect: false, showHidden: true }),
      JSON.stringify({ ...secret }),
      Object.keys(secret).join(),
    ];
    expect(shown.filter((text) => text.includes(canary))).toEqual([]);
    expect(shown[0]).toBe('[redacted]');
    expect(shown[2]).toBe('{"secret":"[redacted]","list":["[redacted]"]}');
    expect(shown[3]).toBe('[redacted]');
  });

  it('holds other values than text', () => {
    const pair = { user: 'a', password: 'b' };
    expect(new Redacted(pair).reveal()).toBe(pair);
  });
});
