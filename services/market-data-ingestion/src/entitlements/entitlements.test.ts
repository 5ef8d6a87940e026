import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCache, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { type Cache, ServiceError } from '@quantumtrade/core-traits';
import { afterAll, describe, expect, it } from 'vitest';
import { CollectorMemory } from '../memory/collector-memory.ts';
import { Entitlements } from './entitlements.ts';

const root = mkdtempSync(join(tmpdir(), 'entitlements-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const day = 86_400_000;
let directories = 0;
const newDirectory = (): string => join(root, String(++directories));

interface Setup {
  readonly directory?: string;
  readonly account?: string;
  readonly cache?: Cache;
  readonly clock?: VirtualClock;
}

function setUp({ directory = newDirectory(), account = 'a', cache, clock = new VirtualClock() }: Setup = {}) {
  const memory = new CollectorMemory({ directory });
  const vendor = { id: 'alpha_vantage', name: 'Alpha Vantage' };
  const monitoring = new RecordingMonitoring();
  const parts = { memory, cache, clock, vendor, monitoring, account: () => account };
  return { entitlements: new Entitlements({ ...parts, expiryMs: 7 * day }), clock, directory, monitoring };
}

const query = (words: string): URLSearchParams => new URLSearchParams(words.replaceAll(' ', '&'));
const full = query('function=TIME_SERIES_DAILY symbol=IBM outputsize=full datatype=json');
const compact = query('function=TIME_SERIES_DAILY symbol=IBM outputsize=compact datatype=json');
const refusal = (reason: string): ServiceError =>
  new ServiceError({ kind: 'externalApi', api: 'alpha_vantage', reason, retryable: false, message: 'premium only' });

describe('Entitlements', () => {
  it.each(['premiumEndpoint', 'premiumParameter', 'artificialSample'])(
    'does not ask again for what was refused by %s',
    async (reason) => {
      const { entitlements, monitoring } = setUp();
      await entitlements.check(full);
      await entitlements.learn(full, refusal(reason));
      expect(monitoring.observations).toEqual([]);
      await expect(entitlements.check(full)).rejects.toMatchObject({
        kind: 'externalApi',
        reason,
        retryable: false,
        message: expect.stringMatching(/^no request was sent .* TIME_SERIES_DAILY outputsize=full on 2024-01-02/),
      });
      expect(monitoring.counter('provider_requests_held_back_total', { provider: 'alpha_vantage', reason })).toBe(1);
      expect(monitoring.misuse()).toEqual([]);
    },
  );

  it.each(['dailyQuota', 'pacing', 'authentication', 'unknownRequest', 'noData', 'outage', 'malformed', 'unknown'])(
    'learns nothing from %s, which is no matter of the plan',
    async (reason) => {
      const { entitlements } = setUp();
      await entitlements.learn(full, refusal(reason));
      await entitlements.check(full);
      expect(entitlements.list()).toEqual([]);
    },
  );

  it('holds the refusal against all symbols and months, and against nothing else', async () => {
    const { entitlements } = setUp();
    await entitlements.learn(full, refusal('premiumParameter'));
    await expect(entitlements.check(query('function=TIME_SERIES_DAILY symbol=AAPL outputsize=full'))).rejects.toThrow();
    await entitlements.check(compact);
    const month = (name: string): URLSearchParams =>
      query(`function=TIME_SERIES_INTRADAY symbol=IBM interval=5min outputsize=full ${name}`);
    await entitlements.learn(month('month=2024-01'), refusal('premiumParameter'));
    await expect(entitlements.check(month('month=2019-12'))).rejects.toThrow('month');
    await entitlements.check(month(''));
  });

  it('survives a restart and is kept apart by key', async () => {
    const { entitlements, directory } = setUp();
    await entitlements.learn(full, refusal('premiumParameter'));
    await expect(setUp({ directory }).entitlements.check(full)).rejects.toThrow();
    await setUp({ directory, account: 'b' }).entitlements.check(full);
  });

  it('asks again when its time is over, or when it is told to forget', async () => {
    const cache = new FakeCache();
    const { entitlements, clock } = setUp({ cache });
    await entitlements.learn(full, refusal('premiumParameter'));
    await clock.advance(7 * day - 1);
    await expect(entitlements.check(full)).rejects.toThrow();
    await clock.advance(1);
    await entitlements.check(full);
    await entitlements.learn(full, refusal('premiumParameter'));
    await entitlements.forget();
    await entitlements.check(full);
    expect(entitlements.list()).toEqual([]);
  });

  it('tells other processes through the cache, and carries on where that fails or holds nonsense', async () => {
    const cache = new FakeCache();
    await setUp({ cache }).entitlements.learn(full, refusal('premiumParameter'));
    const other = setUp({ cache });
    await expect(other.entitlements.check(full)).rejects.toMatchObject({ reason: 'premiumParameter' });
    expect(other.entitlements.list()).toHaveLength(1);
    const keys: string[] = [];
    const nonsense: Cache = {
      cacheGet: async (key) => {
        keys.push(key);
        return '{"request":7}';
      },
      cacheSet: () => Promise.reject(new Error('away')),
      cacheDelete: () => Promise.reject(new Error('away')),
    };
    const third = setUp({ cache: nonsense }).entitlements;
    await third.check(full);
    await third.learn(full, refusal('premiumParameter'));
    expect(third.list()).toMatchObject([{ request: 'TIME_SERIES_DAILY outputsize=full', message: 'premium only' }]);
    await third.forget();
    cache.failWith();
    await setUp({ cache }).entitlements.check(full);
    expect(keys).toEqual(['entitlement:a:TIME_SERIES_DAILY outputsize=full']);
  });
});
