import { barBatch, FakeHealthCheckable, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import type { ComponentHealth, MonitoringProvider } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { ServiceReadings } from './service-readings.ts';

const component = (name: string, status: ComponentHealth['status']): ComponentHealth => ({
  ...{ name, status, message: '', lastCheck: 0, responseTimeMs: 0 },
});
const bars = (...openTimes: string[]) => barBatch({ rows: openTimes.map((openTime) => ({ openTime, close: '1' })) });

function readingsWith(own: { readonly monitoring?: MonitoringProvider } = {}) {
  const clock = new VirtualClock({ start: Date.parse('2024-01-03T00:00:00Z') });
  const recorder = new RecordingMonitoring();
  const health = new FakeHealthCheckable({
    checks: [component('clickhouse', 'unhealthy'), component('redis', 'degraded'), component('spool', 'healthy')],
  });
  let measured = 0;
  const readings = new ServiceReadings({
    health,
    clock,
    monitoring: own.monitoring ?? recorder,
    measureSpool: async () => void measured++,
  });
  return { readings, clock, monitoring: recorder, health, measured: () => measured };
}

describe('the readings of a service', () => {
  it('say how every component is when metrics are read, and measure the spool', async () => {
    const { readings, monitoring, measured } = readingsWith();
    readings.start();
    await monitoring.sample();
    const values = ['clickhouse', 'redis', 'spool'].map((name) =>
      monitoring.gauge('component_health', { component: name }),
    );
    expect(values).toEqual([0, 0.5, 1]);
    expect(measured()).toBe(1);
    expect(monitoring.misuse()).toEqual([]);
  });

  it('let the lag grow from the newest bar, which an older month does not replace', async () => {
    const { readings, monitoring, clock } = readingsWith();
    readings.start();
    readings.kept(bars('2024-01-01T05:00:00Z', '2024-01-02T05:00:00Z'));
    const lag = () => monitoring.gauge('ingestion_lag_seconds', { interval: 'daily' });
    expect(lag()).toBe(19 * 3600);
    readings.kept(bars('2023-06-01T05:00:00Z'));
    readings.kept(bars());
    await clock.advance(60_000);
    await monitoring.sample();
    expect(lag()).toBe(19 * 3600 + 60);
  });

  it('end with the service', async () => {
    const { readings, monitoring, health } = readingsWith();
    readings.start();
    readings.start();
    readings.stop();
    await monitoring.sample();
    expect(health.calls).toEqual([]);
  });

  it('do without a monitoring provider that is read', () => {
    const recorder = new RecordingMonitoring();
    const plain: MonitoringProvider = {
      recordMetric: (instrument, value, labels) => recorder.recordMetric(instrument, value, labels),
      recordCounter: () => {},
      recordTiming: () => {},
      logInfo: () => {},
      logWarn: () => {},
      logError: () => {},
    };
    const { readings } = readingsWith({ monitoring: plain });
    readings.start();
    readings.kept(bars('2024-01-02T00:00:00Z'));
    readings.stop();
    expect(recorder.gauge('ingestion_lag_seconds')).toBe(86_400);
  });
});
