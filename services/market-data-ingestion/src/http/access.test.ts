import { Redacted } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { type AccessRules, requireHost, requireOwnOrigin, requireScope, type Scope } from './access.ts';

const rules: AccessRules = {
  tokens: [new Redacted('everything'), new Redacted('local')],
  readToken: new Redacted('reading'),
  openReads: false,
};

function refusalOf(attempt: () => void): unknown {
  try {
    attempt();
  } catch (error) {
    return (error as { reason: unknown }).reason;
  }
  return undefined;
}

describe('requireScope', () => {
  it.each<[Scope, string | undefined, string | undefined]>([
    ['open', undefined, undefined],
    ['open', 'Bearer wrong', undefined],
    ['read', undefined, 'tokenMissing'],
    ['read', 'Bearer reading', undefined],
    ['read', 'bearer  everything ', undefined],
    ['write', 'Bearer local', undefined],
    ['write', 'Bearer reading', 'scopeMissing'],
    ['write', undefined, 'tokenMissing'],
    ['write', 'Bearer everythin', 'tokenRefused'],
    ['write', 'Bearer everything2', 'tokenRefused'],
    ['read', 'Bearer ', 'tokenRefused'],
    ['read', '', 'tokenRefused'],
  ])('a request for %s with %j: %s', (scope, header, refusal) => {
    expect(refusalOf(() => requireScope(scope, header, rules))).toBe(refusal);
  });

  it('lets nobody change anything where there is no token, not even with an empty one', () => {
    const none: AccessRules = { tokens: [undefined], readToken: undefined, openReads: true };
    expect(refusalOf(() => requireScope('read', undefined, none))).toBeUndefined();
    expect(refusalOf(() => requireScope('write', undefined, none))).toBe('tokenMissing');
    expect(refusalOf(() => requireScope('write', 'Bearer ', none))).toBe('tokenRefused');
    expect(refusalOf(() => requireScope('write', 'Bearer undefined', none))).toBe('tokenRefused');
  });
});

describe('requireHost', () => {
  it.each(['localhost', 'LocalHost:8080', '127.0.0.1', '10.1.2.3:80', '[::1]:8080', 'market.example:443'])(
    'lets %s in',
    (host) => expect(refusalOf(() => requireHost(host, ['market.example']))).toBeUndefined(),
  );

  it.each([undefined, '', 'evil.example', 'market.example.', 'localhost:x', '[::1', '127.0.0.1.evil.example', 'a b'])(
    'refuses %j',
    (host) => expect(refusalOf(() => requireHost(host, ['market.example']))).toBe('hostRefused'),
  );
});

describe('requireOwnOrigin', () => {
  it('lets in who says nothing or the same host and port', () => {
    for (const origin of [undefined, 'http://localhost:8080', 'https://LOCALHOST:8080']) {
      expect(refusalOf(() => requireOwnOrigin(origin, 'localhost:8080'))).toBeUndefined();
    }
  });

  it('refuses every other page', () => {
    for (const origin of ['null', '', 'http://localhost', 'http://localhost:8081', 'https://evil.example']) {
      expect(refusalOf(() => requireOwnOrigin(origin, 'localhost:8080'))).toBe('originRefused');
    }
  });
});
