import { describe, expect, it } from 'vitest';
import { parseRedisAddress } from './redis-address.ts';

describe('the address of a Redis server', () => {
  it('is taken apart, with defaults for what is left out', () => {
    expect(parseRedisAddress('redis://cache.example')).toEqual({
      host: 'cache.example',
      port: 6379,
      tls: false,
      username: undefined,
      password: undefined,
      db: 0,
    });
    expect(parseRedisAddress('rediss://app:s3cret@[::1]:6380/2')).toEqual({
      host: '::1',
      port: 6380,
      tls: true,
      username: 'app',
      password: 's3cret',
      db: 2,
    });
  });

  it('has its password decoded, and one with a lone percent sign taken as it is', () => {
    expect(parseRedisAddress('redis://:p%40ss%2Fword@host').password).toBe('p@ss/word');
    expect(parseRedisAddress('redis://:50%@host').password).toBe('50%');
  });

  it.each([
    '',
    'localhost:6379',
    'http://:hunter22@host',
    'redis://:hunter22@host/market',
    'redis://:hunter22@host/0?commandTimeout=0',
    'redis:///0',
    'redis://:hunter22@ho st',
  ])('is refused when it is %j, without being repeated', (text) => {
    expect(() => parseRedisAddress(text)).toThrow(
      expect.objectContaining({
        kind: 'configuration',
        reason: 'invalidSetting',
        message: expect.not.stringContaining('hunter22'),
      }),
    );
  });
});
