import { describe, expect, it } from 'vitest';
import { createAlphaVantageSandbox, type SandboxQuota } from './index.ts';

const START = Date.UTC(2026, 10, 20, 15, 0);
const GOOD = 'Time Series (Daily)';

function metered(quota: SandboxQuota): { ask: (atMs: number, key?: string) => string } {
  let now = START;
  const sandbox = createAlphaVantageSandbox({ now: () => now, quota });
  return {
    ask: (atMs, key = 'KEY') => {
      now = START + atMs;
      return sandbox.handle({ url: `/query?function=TIME_SERIES_DAILY&symbol=IBM&apikey=${key}` }).body;
    },
  };
}

describe('quota', () => {
  it('does not exist unless asked for', () => {
    const { ask } = metered({});
    expect(Array.from({ length: 200 }, () => ask(0)).every((body) => body.includes(GOOD))).toBe(true);
  });

  it('asks a free key for pacing, and answers again a second later', () => {
    const { ask } = metered({ perSecond: 1, perDay: 25 });
    expect(ask(0)).toContain(GOOD);
    expect(ask(999)).toContain('more sparingly (1 request per second)');
    expect(ask(1_000)).toContain(GOOD);
  });

  it('calls more a second a burst, with the number allowed', () => {
    const { ask } = metered({ perSecond: 3 });
    expect([ask(0), ask(1), ask(2)].every((body) => body.includes(GOOD))).toBe(true);
    expect(ask(3)).toContain('no more than 3 requests per second');
    expect(ask(1_000)).toContain(GOOD);
    expect(ask(1_000)).toContain('Burst pattern detected');
  });

  it('names the minute when that is used up', () => {
    const { ask } = metered({ perMinute: 2 });
    ask(0);
    ask(30_000);
    expect(ask(59_999)).toContain('Minute-level rate limit exceed');
    expect(ask(60_000)).toContain(GOOD);
  });

  it('names the day before the second, with the key, and has rolling days', () => {
    const { ask } = metered({ perSecond: 1, perDay: 2 });
    ask(0);
    ask(10_000);
    expect(ask(10_001, 'LEAKED')).toContain('detected your API key as LEAKED and our standard API rate limit is 2 ');
    expect(ask(86_399_999)).toContain('2 requests per day');
    expect(ask(86_400_000)).toContain(GOOD);
    expect(ask(86_402_000)).toContain('2 requests per day');
  });

  it('keeps counting right over a long run', () => {
    const { ask } = metered({ perMinute: 2 });
    for (let second = 0; second < 3_600; second += 1) {
      expect(ask(second * 1_000).includes(GOOD)).toBe(second % 60 < 2);
    }
  });

  it('does not count a request without a key', () => {
    const { ask } = metered({ perDay: 1 });
    expect(ask(0, '')).toContain('apikey is invalid or missing');
    expect(ask(0)).toContain(GOOD);
  });

  it.each([{ perSecond: 0 }, { perMinute: -1 }, { perDay: 1.5 }])('refuses the limit %o', (quota) => {
    expect(() => createAlphaVantageSandbox({ quota })).toThrow(/must be a positive integer/);
  });
});
