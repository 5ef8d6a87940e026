import { type Instrument, Redacted, ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { RecordingMonitoring } from './recording-monitoring.ts';

const calls: Instrument = {
  name: 'calls_total',
  kind: 'counter',
  help: 'Calls.',
  labels: { outcome: ['ok', 'failed'] },
};
const depth: Instrument = { name: 'depth', kind: 'gauge', help: 'Depth.' };
const duration: Instrument = { name: 'duration_seconds', kind: 'timing', help: 'Duration.' };

describe('RecordingMonitoring', () => {
  it('sums a counter over the labels that are asked for', () => {
    const monitoring = new RecordingMonitoring();
    monitoring.recordCounter(calls, undefined, { outcome: 'ok' });
    monitoring.recordCounter(calls, 4, { outcome: 'failed' });
    expect(monitoring.counter('calls_total')).toBe(5);
    expect(monitoring.counter('calls_total', { outcome: 'ok' })).toBe(1);
    expect(monitoring.counter('calls_total', { outcome: 'other' })).toBe(0);
    expect(monitoring.counter('depth')).toBe(0);
  });

  it('gives the last value of a gauge and every timing', () => {
    const monitoring = new RecordingMonitoring();
    monitoring.recordMetric(depth, 3);
    monitoring.recordMetric(depth, 2);
    monitoring.recordTiming(duration, 12);
    monitoring.recordTiming(duration, 7);
    expect(monitoring.gauge('depth')).toBe(2);
    expect(monitoring.gauge('calls_total')).toBeUndefined();
    expect(monitoring.timings('duration_seconds')).toEqual([12, 7]);
    expect(monitoring.observations.map(({ kind }) => kind)).toEqual(['gauge', 'gauge', 'timing', 'timing']);
  });

  it('gives every value of a distribution as often as it was seen', () => {
    const monitoring = new RecordingMonitoring();
    const score: Instrument = { name: 'score', kind: 'distribution', help: 'Scores.', buckets: [50, 100] };
    monitoring.recordDistribution(
      score,
      new Map([
        [100, 2],
        [60, 1],
      ]),
    );
    expect(monitoring.distribution('score')).toEqual([100, 100, 60]);
    monitoring.recordDistribution(depth, new Map([[1, 1]]));
    expect(monitoring.misuse()).toEqual(['depth is a gauge and was recorded as a distribution']);
  });

  it('takes samples when it is asked to, until they are ended', async () => {
    const monitoring = new RecordingMonitoring();
    let samples = 0;
    const end = monitoring.onReading(async () => monitoring.recordMetric(depth, ++samples));
    await monitoring.sample();
    expect(monitoring.gauge('depth')).toBe(1);
    end();
    await monitoring.sample();
    expect(samples).toBe(1);
  });

  it('keeps logs with level and context, as they were when logged', () => {
    const monitoring = new RecordingMonitoring();
    const context = { symbol: 'IBM' };
    monitoring.logInfo('begun', context);
    monitoring.logWarn('slow');
    monitoring.logError('failed');
    context.symbol = 'changed';
    expect(monitoring.logs().map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info begun',
      'warn slow',
      'error failed',
    ]);
    expect(monitoring.logs('info')).toEqual([{ level: 'info', message: 'begun', context: { symbol: 'IBM' } }]);
  });

  it('shows in its text whatever a logger could write', () => {
    const monitoring = new RecordingMonitoring();
    const cause = new Error('CANARY-cause');
    monitoring.logError('CANARY-message', {
      error: new ServiceError({ kind: 'externalApi', message: 'CANARY-error', api: 'CANARY-detail', cause }),
      deep: { a: { b: { c: { d: ['CANARY-deep'] } } } },
      json: { toJSON: () => 'CANARY-json' },
      lengthy: `${'x'.repeat(20_000)}CANARY-long`,
      map: new Map([['key', 'CANARY-map']]),
    });
    monitoring.recordCounter(calls, 1, { outcome: 'CANARY-label' });
    const text = monitoring.text();
    for (const place of ['cause', 'message', 'error', 'detail', 'deep', 'json', 'long', 'map', 'label']) {
      expect(text, place).toContain(`CANARY-${place}`);
    }
  });

  it('survives contexts without a JSON form, and does not reveal secrets', () => {
    const monitoring = new RecordingMonitoring();
    const cycle: Record<string, unknown> = { units: 10n, name: 'CANARY-cycle' };
    cycle.self = cycle;
    monitoring.logInfo('cycle', cycle);
    monitoring.logInfo('key', { key: new Redacted('SECRET') });
    expect(monitoring.text()).toContain('CANARY-cycle');
    expect(monitoring.text()).toContain('[redacted]');
    expect(monitoring.text()).not.toContain('SECRET');
  });

  it('names calls that an implementation may refuse', () => {
    const monitoring = new RecordingMonitoring();
    monitoring.recordCounter(calls, 1, { outcome: 'ok' });
    monitoring.recordMetric(depth, -1);
    expect(monitoring.misuse()).toEqual([]);
    monitoring.recordCounter(calls, -1, { outcome: 'late', symbol: 'IBM' });
    monitoring.recordCounter(calls);
    monitoring.recordTiming(depth, Number.NaN);
    expect(monitoring.misuse()).toEqual([
      'calls_total is a counter and was given -1',
      'calls_total does not declare the value "late" of its label outcome',
      'calls_total does not declare the label symbol',
      'calls_total was recorded without its label outcome',
      'depth is a gauge and was recorded as a timing',
      'depth was given NaN',
    ]);
  });

  it('forgets everything when cleared', () => {
    const monitoring = new RecordingMonitoring();
    monitoring.recordCounter(calls);
    monitoring.logInfo('begun');
    monitoring.clear();
    expect([monitoring.text(), monitoring.logs(), monitoring.observations, monitoring.misuse()]).toEqual([
      '',
      [],
      [],
      [],
    ]);
  });

  it('keeps what it cannot copy in words, and takes what it cannot read for misuse', () => {
    const monitoring = new RecordingMonitoring();
    const unreadable = {
      get field(): string {
        throw new Error('cannot be read');
      },
    };
    monitoring.logWarn('odd', unreadable);
    monitoring.recordCounter(undefined as unknown as Instrument);
    expect(monitoring.logs('warn')).toHaveLength(1);
    expect(monitoring.logs()[0]?.context).toHaveProperty('unreadable');
    expect(monitoring.observations).toEqual([]);
    expect(monitoring.misuse()).toEqual([expect.stringContaining('a counter cannot be read')]);
  });
});
