import { describe, expect, it } from 'vitest';
import { createRedactor } from './redactor.ts';

const secret = 'p&ss w/"rd+é';

describe('createRedactor', () => {
  const redact = createRedactor(() => [secret]);

  it.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded in lower case', encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase())],
    ['form-encoded', new URLSearchParams({ x: secret }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(secret).slice(1, -1)],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
  ])('replaces a secret %s', (_form, written) => {
    expect(redact(`before ${written} after`)).toBe('before [redacted] after');
  });

  it.each(['', 'a', 'ab', 'abc'])('takes a secret out of basic authorization for the user "%s"', (user) => {
    const clean = createRedactor(() => ['correct-horse-battery']);
    const header = Buffer.from(`${user}:correct-horse-battery`).toString('base64');
    expect(clean(header)).toContain('[redacted]');
    expect(Buffer.from(clean(header).replace('[redacted]', ''), 'base64').toString()).not.toContain('horse');
  });

  it.each(['apikey', 'api_key', 'APIKEY', 'token', 'access_token'])(
    'replaces the value of %s=, known or not',
    (name) => {
      expect(createRedactor(() => [])(`GET /query?${name}=ABC123&symbol=IBM`)).toBe(
        `GET /query?${name}=[redacted]&symbol=IBM`,
      );
    },
  );

  it.each([
    ['https://v/?password=ABC123&x=1', 'https://v/?password=[redacted]&x=1'],
    ['client_secret=ABC123', 'client_secret=[redacted]'],
    ['{"apikey": "ABC123", "symbol": "IBM"}', '{"apikey": "[redacted]", "symbol": "IBM"}'],
    ['{\\"token\\":\\"ABC123\\"}', '{\\"token\\":\\"[redacted]\\"}'],
    ['Authorization: Bearer ABC123', 'Authorization: [redacted]'],
    ['{"authorization":"Basic ABC123","a":1}', '{"authorization":"[redacted]","a":1}'],
    ['proxy-authorization=ABC123, x', 'proxy-authorization=[redacted], x'],
  ])('replaces what a name in the text says to be secret: %s', (text, clean) => {
    const byName = createRedactor(() => []);
    expect(byName(text)).toBe(clean);
    expect(byName(clean)).toBe(clean);
  });

  it.each(['unexpected token: x', 'the token is missing', 'authorization failed', 'passwords differ', 'tokens=3'])(
    'leaves words about secrets alone: %s',
    (text) => {
      expect(createRedactor(() => [])(text)).toBe(text);
    },
  );

  it('covers secrets that become known later', () => {
    const secrets: string[] = [];
    const rotating = createRedactor(() => secrets);
    expect(rotating('key-one')).toBe('key-one');
    secrets.push('key-one');
    expect(rotating('key-one')).toBe('[redacted]');
    secrets[0] = 'key-two';
    expect(rotating('key-one key-two')).toBe('key-one [redacted]');
  });

  it('replaces the longer of two secrets that begin alike', () => {
    expect(createRedactor(() => ['abcd', 'abcdefgh'])('abcdefgh')).toBe('[redacted]');
  });

  it('treats characters with a meaning in patterns as text', () => {
    expect(createRedactor(() => ['a.c*[x'])('abcc a.c*[x')).toBe('abcc [redacted]');
  });

  it('leaves texts alone that hold no secret, and secrets too short to protect', () => {
    expect(createRedactor(() => ['abc', ''])('abc def')).toBe('abc def');
  });

  it('changes nothing more the second time', () => {
    const once = redact(`${secret} apikey=ABC`);
    expect(redact(once)).toBe(once);
  });
});
