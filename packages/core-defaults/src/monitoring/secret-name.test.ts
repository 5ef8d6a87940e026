import { describe, expect, it } from 'vitest';
import { isSecretName } from './secret-name.ts';

describe('a name', () => {
  it.each([
    ...['apikey', 'apiKey', 'API_KEY', 'x-api-key', 'alpha_vantage.api_key', 'password', 'dbPassword', 'passwd'],
    ...['token', 'accessToken', 'access_token', 'secret', 'client_secret', 'Authorization', 'proxy-authorization'],
    ...['cookie', 'Set-Cookie', 'credentials', 'private_key', 'passphrase'],
    `${'x'.repeat(10_000)}Password`,
  ])('says that its value is secret: %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['tokens', 'key', 'secretary', 'passwordless', 'tokenCount', 'symbol', 'author', '', 'api', '__proto__'])(
    'says nothing of the kind: %s',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );

  it('gives the same answer after thousands of others', () => {
    for (let index = 0; index < 5_000; index++) expect(isSecretName(`name_${index}`)).toBe(false);
    expect([isSecretName('late_password'), isSecretName('late_name')]).toEqual([true, false]);
  });
});
