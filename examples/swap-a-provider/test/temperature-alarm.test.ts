import { globSync, readFileSync } from 'node:fs';
import { createErrorHandler } from '@quantumtrade/core-defaults';
import { FakeCache, FakeConfiguration, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { afterEach, describe, expect, it } from 'vitest';
import { readings, type Sensor, TemperatureAlarm } from '../src/alarm/temperature-alarm.ts';

const canary = 'CANARY-sensor-key';
const outage = new ServiceError({ kind: 'externalApi', reason: 'outage', message: 'no answer', api: 'sensor' });
const broken = new ServiceError({ kind: 'externalApi', message: 'taken down', api: 'sensor', retryable: false });

/** A sensor that gives its answers one after the other, the last one forever. */
function sensorOf(...answers: readonly (number | Error)[]): Sensor & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: async (room, key) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push(`${room} ${key?.reveal()}`);
      if (typeof answer === 'number') return answer;
      throw answer;
    },
  };
}

function alarmWith(sensor: Sensor) {
  const clock = new VirtualClock();
  const monitoring = new RecordingMonitoring();
  const cache = new FakeCache({ clock });
  const configuration = new FakeConfiguration({ 'alarm.limit_celsius': 30, 'alarm.sensor_key': canary });
  const errorHandler = createErrorHandler({ monitoring, clock });
  const alarm = new TemperatureAlarm({ configuration, errorHandler, monitoring, clock, cache, sensor });
  recorders.push(monitoring);
  return { alarm, clock, monitoring, cache };
}

const recorders: RecordingMonitoring[] = [];

afterEach(() => {
  for (const monitoring of recorders.splice(0)) {
    expect(monitoring.misuse()).toEqual([]);
    expect(monitoring.text()).not.toContain(canary);
  }
});

describe('the temperature alarm', () => {
  it.each([
    [30, false],
    [30.1, true],
  ])('says of %d degrees, with a limit of 30, that it is too warm: %s', async (celsius, tooWarm) => {
    const sensor = sensorOf(celsius);
    const { alarm, monitoring } = alarmWith(sensor);
    await alarm.start();
    expect(await alarm.isTooWarm('cellar')).toBe(tooWarm);
    expect(sensor.asked).toEqual([`cellar ${canary}`]);
    expect(monitoring.logs('warn')).toHaveLength(tooWarm ? 1 : 0);
    expect(monitoring.counter(readings.name, { source: 'sensor' })).toBe(1);
  });

  it('asks again after a failure that passes, and waits between', async () => {
    const sensor = sensorOf(outage, outage, 20);
    const { alarm, clock } = alarmWith(sensor);
    await alarm.start();
    const answer = alarm.isTooWarm('cellar');
    await clock.advance(0);
    expect(sensor.asked).toHaveLength(1);
    await clock.advance(20_000);
    expect(await answer).toBe(false);
    expect(sensor.asked).toHaveLength(3);
  });

  it('falls back on what it knew, as long as that is fresh', async () => {
    const { alarm, clock, monitoring } = alarmWith(sensorOf(31, outage));
    await alarm.start();
    expect(await alarm.isTooWarm('cellar')).toBe(true);
    const cached = alarm.isTooWarm('cellar');
    await clock.advance(60_000);
    expect(await cached).toBe(true);
    expect(monitoring.counter(readings.name, { source: 'cache' })).toBe(1);
    await clock.advance(600_000);
    const stale = expect(alarm.isTooWarm('cellar')).rejects.toBe(outage);
    await clock.advance(60_000);
    await stale;
  });

  it('does without a cache that is down', async () => {
    const { alarm, cache } = alarmWith(sensorOf(31));
    cache.failWith();
    await alarm.start();
    expect(await alarm.isTooWarm('cellar')).toBe(true);
  });

  it('passes on at once what does not pass by itself, and its health says so', async () => {
    const { alarm } = alarmWith(sensorOf(broken));
    await alarm.start();
    expect((await alarm.health.healthCheck()).status).toBe('healthy');
    await expect(alarm.isTooWarm('cellar')).rejects.toBe(broken);
    expect(await alarm.health.healthCheck()).toMatchObject({
      status: 'degraded',
      checks: [{ name: 'sensor', message: 'taken down' }],
    });
  });

  it('ends waits when it stops, and answers nothing when it is not running', async () => {
    const { alarm, clock } = alarmWith(sensorOf(outage));
    await expect(alarm.isTooWarm('cellar')).rejects.toMatchObject({ reason: 'notRunning' });
    await alarm.start();
    const waiting = expect(alarm.isTooWarm('cellar')).rejects.toMatchObject({ reason: 'notRunning' });
    await clock.advance(0);
    await alarm.stop();
    await waiting;
    expect(clock.sleepers).toBe(0);
  });

  it('takes under 120 lines', () => {
    const folder = new URL('../src/alarm/', import.meta.url);
    const lines = globSync('*.ts', { cwd: folder }).flatMap((file) =>
      readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n'),
    );
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.length).toBeLessThan(120);
  });
});
