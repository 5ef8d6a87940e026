import { Redacted } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { excerptOf, scrub, shorten } from './scrub.ts';

const key = 'Q7/X+SECRET9';
const options = { apiKey: new Redacted(key), redact: (text: string) => text.replaceAll('hunter2', '***') };

describe('scrub', () => {
  it.each([
    `key ${key} here`,
    `key ${key.toLowerCase()} here`,
    `key ${encodeURIComponent(key)} here`,
    `key ${key.replace('S', '\\u0053').replace('/', '\\/')} here`,
    `key ${key.slice(0, 5)}\u0000\u200b${key.slice(5)} here`,
  ])('removes the key from %j', (text) => {
    expect(scrub(text, options)).toBe('key [redacted] here');
  });

  it('removes any key that the vendor quotes, also one that is not ours', () => {
    expect(scrub('We have detected your API key as OTHER42 and our limit', options)).toBe(
      'We have detected your API key as [redacted] and our limit',
    );
    expect(scrub('Your API key is **OTHER42X**.', options)).toBe('Your API key is **[redacted]**.');
    expect(scrub('see /query?apikey=OTHER42&symbol=IBM', options)).toBe('see /query?apikey=[redacted]&symbol=IBM');
  });

  it('gives one line without control characters', () => {
    expect(scrub('a\r\nb\u2028c\u001b[31md\u202ee\ttab', options)).toBe('a b c[31mde tab');
  });

  it('applies the redaction of the service', () => {
    expect(scrub('password hunter2', options)).toBe('password ***');
  });

  it('leaves the demo key readable and does nothing for an empty one', () => {
    const words = 'The **demo** API key is for demo purposes only';
    expect(scrub(words, { ...options, apiKey: new Redacted('demo') })).toBe(words);
    expect(scrub(words, { ...options, apiKey: new Redacted('') })).toBe(words);
  });
});

describe('excerptOf', () => {
  const excerpt = (text: string): string => excerptOf(new TextEncoder().encode(text), options);

  it('is at most 200 characters long', () => {
    expect(excerpt('x'.repeat(500))).toHaveLength(200);
    expect(shorten('short')).toBe('short');
  });

  it('shows no part of a key that its window cuts in two', () => {
    for (let cut = 1; cut < key.length; cut++) {
      expect(excerpt(`${'\u0001'.repeat(4096 - cut)}${key}`)).toBe('');
    }
  });

  it('cuts after redacting, so that no half of a key is left at the end', () => {
    expect(excerpt(`${'x'.repeat(193)} ${key}`)).not.toContain(key.slice(0, 3));
  });
});
