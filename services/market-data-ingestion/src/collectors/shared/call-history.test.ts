import { describe, expect, it } from 'vitest';
import { CallHistory } from './call-history.ts';
import type { VendorReason } from './vendor-reason.ts';

function healthAfter(...reasons: (VendorReason | undefined)[]): ReturnType<CallHistory['health']> {
  const history = new CallHistory('alpha_vantage');
  for (const [i, reason] of reasons.entries()) history.record({ at: 1000 + i, latencyMs: 7, reason });
  return history.health(5000, 'server');
}

describe('CallHistory', () => {
  it('is healthy before the first call and says so', () => {
    expect(healthAfter()).toEqual({
      name: 'alpha_vantage',
      implementation: 'server',
      status: 'healthy',
      message: 'no call yet',
      lastCheck: 5000,
      responseTimeMs: 0,
    });
  });

  it('reports when the last call ended and how long it took', () => {
    expect(healthAfter(undefined, undefined)).toMatchObject({ status: 'healthy', lastCheck: 1001, responseTimeMs: 7 });
  });

  it('is degraded after a failure, unhealthy after five in a row, healthy after the next success', () => {
    expect(healthAfter('outage')).toMatchObject({ status: 'degraded', message: expect.stringContaining('outage') });
    expect(healthAfter('outage', 'pacing', 'malformed', 'outage').status).toBe('degraded');
    expect(healthAfter('outage', 'pacing', 'malformed', 'unknown', 'dailyQuota').status).toBe('unhealthy');
    expect(healthAfter('outage', 'outage', 'outage', 'outage', 'outage', undefined)).toMatchObject({
      status: 'healthy',
      message: 'answering again; 5 of the last 6 calls failed',
    });
  });

  it('is unhealthy as soon as the key is refused', () => {
    expect(healthAfter(undefined, undefined, 'authentication').status).toBe('unhealthy');
  });

  it.each(['unknownRequest', 'noData', 'premiumEndpoint', 'premiumParameter', 'artificialSample'] as const)(
    'does not blame the vendor for %s',
    (reason) => {
      expect(healthAfter(reason, reason, reason, reason, reason).status).toBe('healthy');
      expect(healthAfter('outage', 'outage', reason, 'outage', 'outage').status).toBe('degraded');
    },
  );

  it('remembers 60 calls', () => {
    const history = new CallHistory('alpha_vantage');
    for (let i = 0; i < 200; i++) history.record({ at: i, latencyMs: 0 });
    expect(history.outcomes).toHaveLength(60);
    expect(history.outcomes[0]?.at).toBe(140);
  });
});
