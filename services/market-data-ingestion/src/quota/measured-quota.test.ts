import { RecordingMonitoring } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { MeasuredQuota } from './measured-quota.ts';
import type { Quota, QuotaUsage } from './quota.ts';

const vendor = { id: 'alpaca', name: 'Alpaca' };
const minute = { reason: 'minuteQuota', windowMs: 60_000, freesInMs: 1, emptyInMs: 1 } as const;

function quotaWith({ usage, refuse }: { usage?: QuotaUsage; refuse?: Error } = {}) {
  const seen: string[] = [];
  const inner: Required<Quota> = {
    acquire: async () => {
      if (refuse !== undefined) throw refuse;
    },
    refused: ({ message }) => void seen.push(message),
    usage: async () => usage ?? { windows: [], counted: 'here', hold: undefined },
    close: async () => void seen.push('closed'),
  };
  const monitoring = new RecordingMonitoring();
  return { quota: new MeasuredQuota({ quota: inner, vendor, monitoring }), monitoring, seen };
}

describe('MeasuredQuota', () => {
  it('says what is used, left and held when metrics are read', async () => {
    const { monitoring } = quotaWith({
      usage: {
        windows: [{ ...minute, limit: 200, used: 60, left: 140 }],
        counted: 'here',
        hold: { reason: 'minuteQuota', forMs: 2500 },
      },
    });
    await monitoring.sample();
    const labels = { provider: 'alpaca', window: 'minuteQuota' };
    const gauges = ['limit', 'used', 'left'].map((name) => monitoring.gauge(`provider_quota_${name}`, labels));
    expect(gauges).toEqual([200, 60, 140]);
    expect(monitoring.gauge('provider_quota_hold_seconds', { provider: 'alpaca' })).toBe(2.5);
    expect(monitoring.misuse()).toEqual([]);
  });

  it('counts what it holds back by reason, and nothing else', async () => {
    const limit = new ServiceError({ kind: 'rateLimit', service: 'alpaca', reason: 'dailyQuota', message: 'spent' });
    const held = quotaWith({ refuse: limit });
    await expect(held.quota.acquire()).rejects.toBe(limit);
    const labels = { provider: 'alpaca', reason: 'dailyQuota' };
    expect(held.monitoring.counter('provider_requests_held_back_total', labels)).toBe(1);
    expect(held.monitoring.misuse()).toEqual([]);
    const given = quotaWith({ refuse: new Error('given up') });
    await expect(given.quota.acquire()).rejects.toThrow('given up');
    expect(given.monitoring.observations).toEqual([]);
  });

  it('is asked no more after it was closed, until it is used again', async () => {
    const { quota, monitoring, seen } = quotaWith();
    quota.refused(new ServiceError({ kind: 'system', message: 'noted' }));
    await quota.close();
    await monitoring.sample();
    expect(monitoring.observations).toEqual([]);
    await quota.acquire();
    await monitoring.sample();
    expect(monitoring.gauge('provider_quota_hold_seconds')).toBe(0);
    expect(seen).toEqual(['noted', 'closed']);
  });
});
