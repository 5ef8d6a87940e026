import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { FakeHealthCheckable } from './fake-health-checkable.ts';

const redis = { name: 'redis', status: 'degraded', message: 'slow', lastCheck: 0, responseTimeMs: 5 } as const;

describe('FakeHealthCheckable', () => {
  it('is healthy and ready until told otherwise', async () => {
    const clock = new VirtualClock({ start: 1000 });
    const service = new FakeHealthCheckable({ serviceName: 'ingestion', clock });
    await clock.advance(1500);
    expect(await service.healthCheck()).toEqual({
      serviceName: 'ingestion',
      status: 'healthy',
      timestamp: 2500,
      checks: [],
      uptimeSeconds: 1.5,
      version: '0.0.0-fake',
    });
    expect(await service.readyCheck()).toEqual({ ready: true });
    expect(service.calls).toEqual(['healthCheck', 'readyCheck']);
  });

  it('reports the components and readiness it is given, also later ones', async () => {
    const service = new FakeHealthCheckable({ checks: [redis] });
    expect((await service.healthCheck()).status).toBe('degraded');
    service.checks = [redis, { ...redis, name: 'clickhouse', status: 'unhealthy' }];
    service.readiness = { ready: false, reason: 'clickhouse' };
    expect(await service.healthCheck()).toMatchObject({ status: 'unhealthy', checks: service.checks });
    expect(await service.readyCheck()).toEqual({ ready: false, reason: 'clickhouse' });
  });

  it('rejects when told to, and records those calls too', async () => {
    const service = new FakeHealthCheckable();
    service.failWith(new Error('broken check'));
    await expect(service.healthCheck()).rejects.toThrow('broken check');
    await expect(service.readyCheck()).rejects.toThrow('broken check');
    service.recover();
    expect((await service.healthCheck()).status).toBe('healthy');
    expect(service.calls).toEqual(['healthCheck', 'readyCheck', 'healthCheck']);
  });

  it('asks its components beside the rows it is given, on the clock it is given', async () => {
    const clock = new VirtualClock();
    const service = new FakeHealthCheckable({
      clock,
      checks: [redis],
      components: [{ name: 'clickhouse', critical: true, timeoutMs: 50, check: () => new Promise(() => {}) }],
    });
    const asked = [service.healthCheck(), service.readyCheck()] as const;
    await clock.advance(50);
    const [health, readiness] = await Promise.all(asked);
    expect(health.checks.map(({ name, status, responseTimeMs }) => [name, status, responseTimeMs])).toEqual([
      ['redis', 'degraded', 5],
      ['clickhouse', 'unknown', 50],
    ]);
    expect(readiness).toEqual({ ready: false, reason: 'clickhouse is unknown' });
    service.readiness = { ready: true };
    expect(await service.readyCheck()).toEqual({ ready: true });
  });
});
