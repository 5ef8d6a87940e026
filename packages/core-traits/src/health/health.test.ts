import { describe, expect, it } from 'vitest';
import { type HealthState, type HealthStatus, worstStatus } from './health.ts';

describe('worstStatus', () => {
  it.each<[readonly HealthState[], HealthStatus['status']]>([
    [[], 'healthy'],
    [['healthy', 'healthy'], 'healthy'],
    [['healthy', 'degraded', 'healthy'], 'degraded'],
    [['unknown'], 'degraded'],
    [['degraded', 'unknown'], 'degraded'],
    [['unhealthy', 'unknown', 'degraded', 'healthy'], 'unhealthy'],
    [['healthy', 'unknown', 'unhealthy'], 'unhealthy'],
  ])('takes the worst of %j: %s', (states, expected) => {
    expect(worstStatus(states.map((status) => ({ status })))).toBe(expected);
  });
});
