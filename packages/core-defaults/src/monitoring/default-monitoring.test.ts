import { Writable } from 'node:stream';
import { type Instrument, Redacted, ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { createMonitoring, type MonitoringOptions } from './default-monitoring.ts';
import { createRedactor } from './redactor.ts';

const attempts: Instrument = {
  name: 'attempts_total',
  kind: 'counter',
  help: 'Attempts.',
  labels: { outcome: ['ok', 'failed'] },
};
const depth: Instrument = { name: 'queue_depth', kind: 'gauge', help: 'Depth.' };
const duration: Instrument = { name: 'work_duration_seconds', kind: 'timing', help: 'Duration.' };

function monitoring(options: Partial<MonitoringOptions> = {}) {
  let written = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += chunk;
      done();
    },
  });
  const provider = createMonitoring({
    service: 'ingestion',
    instruments: [attempts, depth, duration],
    stream,
    now: () => Date.UTC(2024, 0, 2, 12, 30, 1, 5),
    ...options,
  });
  const text = async (): Promise<string> => {
    await provider.flush();
    return written;
  };
  const records = async (): Promise<Record<string, unknown>[]> =>
    (await text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { provider, text, records };
}

describe('log lines', () => {
  it('are JSON with time, level, service, message and the context', async () => {
    const { provider, records } = monitoring();
    provider.logInfo('collected', { symbol: 'IBM', bars: 100 });
    provider.logWarn('slow');
    provider.logError('broken', { message: 'other', level: 1, cause: 'why' });
    const timestamp = '2024-01-02T12:30:01.005Z';
    expect(await records()).toEqual([
      { timestamp, level: 'info', service: 'ingestion', message: 'collected', symbol: 'IBM', bars: 100 },
      { timestamp, level: 'warn', service: 'ingestion', message: 'slow' },
      {
        timestamp,
        level: 'error',
        service: 'ingestion',
        message: 'broken',
        context_message: 'other',
        context_level: 1,
        cause: 'why',
      },
    ]);
  });

  it('are one short line for people in the text format', async () => {
    const { provider, text } = monitoring({ format: 'text' });
    provider.logWarn('slow\nvendor', { api: 'alpha_vantage', why: 'a "b"', ms: 5, list: [1] });
    expect(await text()).toBe('12:30:01 warn slow\\nvendor api=alpha_vantage why="a \\"b\\"" ms=5 list=[1]\n');
  });

  it.each(['json', 'text'] as const)('cannot be forged or steer a terminal (%s)', async (format) => {
    const { provider, text } = monitoring({ format });
    provider.logInfo('a\nb\r\u001b[2J\u009b\u2028', { 'k\n': 'v\n\u001b' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
    expect((await text()).slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
    expect((await text()).endsWith('\n')).toBe(true);
  });

  it.each(['json', 'text'] as const)('hold no secret, wherever it stands (%s)', async (format) => {
    const redact = createRedactor(() => ['very-secret', '12345678']);
    const { provider, text } = monitoring({ format, redact });
    const error = new ServiceError({ kind: 'system', message: 'very-secret', cause: new Error('very-secret') });
    provider.logError('key very-secret', {
      'very-secret': 1,
      nested: [{ url: 'http://x/?apikey=other' }],
      error,
      pin: 12345678,
      wrapped: new Redacted('unlisted'),
    });
    expect(await text()).not.toMatch(/very-secret|other|12345678|unlisted/);
    expect(await text()).toContain('[redacted]');
  });

  it.each(['json', 'text'] as const)('hold no value whose name says that it is secret (%s)', async (format) => {
    const { provider, text } = monitoring({ format });
    provider.logError('failed', {
      apikey: 'CANARY-1',
      'X-Api-Key': ['CANARY-2'],
      request: { headers: { Authorization: 'Bearer CANARY-3', accept: 'json' }, password: { text: 'CANARY-4' } },
      map: new Map([['refreshToken', 'CANARY-5']]),
      pinSecret: 123456789,
      symbol: 'IBM',
    });
    expect(await text()).not.toMatch(/CANARY|123456789/);
    expect(await text()).toContain('IBM');
    expect((await text()).match(/\[redacted\]/g)).toHaveLength(6);
  });

  it('show which way a text is written', async () => {
    const { provider, text } = monitoring({ format: 'text' });
    provider.logInfo('user \u202eMBI\u2066 \u200b');
    expect(await text()).toContain('user \\u202eMBI\\u2066 \\u200b');
  });

  it('are withheld below the level, and altogether when silent', async () => {
    const warn = monitoring({ level: 'warn' });
    warn.provider.logInfo('no');
    warn.provider.logWarn('yes');
    expect((await warn.records()).map(({ message }) => message)).toEqual(['yes']);
    const silent = monitoring({ level: 'silent' });
    silent.provider.logError('no');
    expect(await silent.text()).toBe('');
  });

  it('show errors with kind, reason and cause, and a stack only at error', async () => {
    const { provider, records } = monitoring();
    const error = new ServiceError({
      kind: 'externalApi',
      api: 'vendor',
      statusCode: 500,
      reason: 'serverError',
      message: 'HTTP 500',
      cause: new TypeError('socket'),
    });
    provider.logWarn('failed', { error });
    provider.logError('failed', { error });
    const [warned, failed] = await records();
    expect(warned?.error).toEqual({
      kind: 'externalApi',
      reason: 'serverError',
      message: 'HTTP 500',
      retryable: true,
      api: 'vendor',
      statusCode: 500,
      cause: { name: 'TypeError', message: 'socket' },
    });
    expect(failed?.error).toHaveProperty('stack');
  });

  it('survive circular, endless, odd and unreadable context', async () => {
    const circular: Record<string, unknown> = { name: 'loop' };
    circular.self = circular;
    const unreadable = {
      get value(): never {
        throw new Error('no');
      },
    };
    const { provider, records } = monitoring();
    provider.logInfo('odd', {
      circular,
      unreadable,
      big: 10n,
      nan: Number.NaN,
      when: new Date(0),
      map: new Map([['a', new Set([1])]]),
      none: undefined,
      long: 'x'.repeat(100_000),
      list: Array.from({ length: 1_000 }, () => 0),
    });
    const [record] = await records();
    expect(record).toMatchObject({
      circular: { name: 'loop', self: '[circular]' },
      unreadable: { value: '[unreadable]' },
      big: '10',
      nan: 'NaN',
      when: '1970-01-01T00:00:00.000Z',
      map: { a: [1] },
    });
    expect(String(record?.long).length).toBeLessThan(10_000);
    expect(record?.list).toHaveLength(101);
  });

  it('write nothing of a text that the redactor fails on', async () => {
    const { provider, records } = monitoring({
      redact: () => {
        throw new Error('broken');
      },
    });
    provider.logInfo('secret');
    expect((await records())[0]?.message).toBe('[redacted]');
  });

  it('are dropped without harm when the stream is broken', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const { provider } = monitoring({ stream });
    provider.logInfo('one');
    await provider.flush();
    provider.logInfo('two');
    await provider.flush();
    expect(stream.destroyed).toBe(true);
  });
});

describe('metrics', () => {
  it('are written in the Prometheus text format, timings in seconds', async () => {
    const { provider } = monitoring();
    provider.recordCounter(attempts, undefined, { outcome: 'ok' });
    provider.recordCounter(attempts, 2, { outcome: 'ok' });
    provider.recordMetric(depth, 7);
    provider.recordTiming(duration, 30);
    const text = await provider.metricsText();
    expect(text).toContain('attempts_total{outcome="ok"} 3');
    expect(text).toContain('queue_depth 7');
    expect(text).toContain('work_duration_seconds_sum 0.03');
    expect(text).toContain('work_duration_seconds_bucket{le="0.025"} 0');
    expect(text).toContain('work_duration_seconds_bucket{le="0.05"} 1');
  });

  it('count undeclared and missing label values as other and leave out undeclared labels', async () => {
    const { provider } = monitoring();
    provider.recordCounter(attempts, 1, { outcome: 'IBM' });
    provider.recordCounter(attempts, 1, { outcome: 'TSLA', symbol: 'TSLA' });
    provider.recordCounter(attempts);
    const text = await provider.metricsText();
    expect(text).toContain('attempts_total{outcome="other"} 3');
    expect(text).not.toMatch(/IBM|TSLA/);
  });

  it('register an undeclared instrument when it is first recorded', async () => {
    const { provider } = monitoring({ instruments: [] });
    provider.recordCounter(attempts, 1, { outcome: 'failed' });
    expect(await provider.metricsText()).toContain('attempts_total{outcome="failed"} 1');
  });

  it('never throw, and say once what cannot be recorded', async () => {
    const { provider, records } = monitoring();
    provider.recordCounter(attempts, -1, { outcome: 'ok' });
    provider.recordCounter(attempts, Number.NaN);
    provider.recordMetric({ ...attempts, kind: 'gauge' }, 1);
    provider.recordMetric({ name: 'no name', kind: 'gauge', help: '' }, 1);
    provider.recordMetric(undefined as unknown as Instrument, 1);
    expect((await records()).map(({ instrument }) => instrument)).toEqual(['attempts_total', 'no name', 'undefined']);
  });

  it('do not grow for ever when names are made at run time', async () => {
    const { provider } = monitoring({ level: 'silent' });
    for (let index = 0; index < 500; index++) provider.recordMetric({ ...depth, name: `made_up_${index}` }, 1);
    const text = await provider.metricsText();
    expect(text.match(/# TYPE made_up_/g)?.length).toBe(100);
  });

  it('have at most so many series each, and one more for all the rest', async () => {
    const values = Array.from({ length: 20 }, (_, index) => `v${index}`);
    const wide: Instrument = { name: 'wide_total', kind: 'counter', help: 'Wide.', labels: { a: values, b: values } };
    const { provider } = monitoring({ instruments: [wide, attempts], maxSeries: 50 });
    for (const a of values) for (const b of values) provider.recordCounter(wide, 1, { a, b });
    provider.recordCounter(wide, 1, { a: 'v0', b: 'v0' });
    provider.recordCounter(attempts, 1, { outcome: 'ok' });
    const text = await provider.metricsText();
    expect(text.match(/^wide_total\{/gm)).toHaveLength(51);
    expect(text).toContain('wide_total{a="v0",b="v0"} 2');
    expect(text).toContain('wide_total{a="v2",b="v9"} 1');
    expect(text).not.toContain('wide_total{a="v2",b="v10"}');
    expect(text).toContain('wide_total{a="other",b="other"} 350');
    expect(text).toContain('attempts_total{outcome="ok"} 1');
  });

  it('count an observation of the overflow labels themselves among the rest', async () => {
    const wide: Instrument = { name: 'w_total', kind: 'counter', help: 'W.', labels: { a: ['x', 'y'], b: ['x', 'y'] } };
    const { provider } = monitoring({ instruments: [wide], maxSeries: 1 });
    provider.recordCounter(wide);
    for (const a of ['x', 'y']) provider.recordCounter(wide, 1, { a, b: 'x' });
    const text = await provider.metricsText();
    expect(text).toContain('w_total{a="other",b="other"} 2');
    expect(text).toContain('w_total{a="x",b="x"} 1');
    expect(text.match(/^w_total\{/gm)).toHaveLength(2);
  });

  it('of two providers do not mix', async () => {
    const [one, two] = [monitoring().provider, monitoring().provider];
    one.recordMetric(depth, 1);
    two.recordMetric(depth, 2);
    expect(await one.metricsText()).toContain('queue_depth 1');
    expect(await two.metricsText()).toContain('queue_depth 2');
  });

  it('refuse at creation what can never work', () => {
    const clash: Instrument = { ...attempts, kind: 'gauge' };
    expect(() => monitoring({ instruments: [attempts, attempts, clash] })).toThrow(
      expect.objectContaining({ kind: 'system', reason: 'invalidInstrument' }),
    );
  });
});

describe('a distribution', () => {
  const scores: Instrument = {
    name: 'score',
    kind: 'distribution',
    help: 'Scores.',
    labels: { interval: ['daily'] },
    buckets: [50, 90, 100],
  };

  it('counts every value below its bound, with the sum and the number of them', async () => {
    const { provider } = monitoring({ instruments: [scores] });
    provider.recordDistribution?.(
      scores,
      new Map([
        [100, 3],
        [90, 2],
        [20, 1],
      ]),
      { interval: 'daily' },
    );
    provider.recordDistribution?.(scores, new Map([[101, 1]]), { interval: 'daily' });
    const lines = (await provider.metricsText()).split('\n');
    expect(lines).toContain('# TYPE score histogram');
    expect(lines.filter((line) => line.startsWith('score_'))).toEqual([
      'score_bucket{interval="daily",le="50"} 1',
      'score_bucket{interval="daily",le="90"} 3',
      'score_bucket{interval="daily",le="100"} 6',
      'score_bucket{interval="daily",le="+Inf"} 7',
      'score_sum{interval="daily"} 601',
      'score_count{interval="daily"} 7',
    ]);
  });

  it('takes nothing of what it cannot count, and says so', async () => {
    const { provider, records } = monitoring({ instruments: [scores, depth] });
    for (const seen of [
      [[Number.NaN, 1]],
      [[1, -1]],
      [
        [5, 1],
        [1, Number.POSITIVE_INFINITY],
      ],
    ] as [number, number][][]) {
      provider.recordDistribution?.(scores, new Map(seen), { interval: 'daily' });
    }
    provider.recordDistribution?.(depth, new Map([[1, 1]]));
    expect(await provider.metricsText()).not.toContain('score_count');
    expect((await records()).map(({ instrument }) => instrument)).toEqual(['score', 'queue_depth']);
  });

  it('takes a single value like a gauge', async () => {
    const { provider } = monitoring({ instruments: [scores] });
    provider.recordMetric(scores, 60, { interval: 'daily' });
    expect(await provider.metricsText()).toContain('score_sum{interval="daily"} 60');
  });
});

describe('a counter', () => {
  it('is there with every label from the start, so that its first event is an increase', async () => {
    const text = await monitoring().provider.metricsText();
    expect(text).toContain('attempts_total{outcome="ok"} 0\nattempts_total{outcome="failed"} 0');
    expect(text).not.toContain('other');
  });

  it('with very many series has them as they come', async () => {
    const values = Array.from({ length: 300 }, (_, index) => `v${index}`);
    const wide: Instrument = { name: 'w_total', kind: 'counter', help: 'W.', labels: { value: values } };
    const { provider } = monitoring({ instruments: [wide] });
    provider.recordCounter(wide, 1, { value: 'v7' });
    expect((await provider.metricsText()).match(/^w_total\{.*/gm)).toEqual(['w_total{value="v7"} 1']);
  });
});

describe('reading metrics', () => {
  it('asks first for what must be up to date, until that is ended', async () => {
    const { provider } = monitoring();
    let value = 0;
    const end = provider.onReading?.(async () => provider.recordMetric(depth, ++value));
    expect(await provider.metricsText()).toContain('queue_depth 1');
    expect(await provider.metricsText()).toContain('queue_depth 2');
    end?.();
    expect(await provider.metricsText()).toContain('queue_depth 2');
  });

  it('gives the metrics also when a sample fails', async () => {
    const { provider, records } = monitoring();
    provider.onReading?.(() => {
      throw new Error('no sample');
    });
    provider.recordCounter(attempts, 1, { outcome: 'ok' });
    expect(await provider.metricsText()).toContain('attempts_total{outcome="ok"} 1');
    expect((await records()).map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn some metrics are not up to date',
    ]);
  });

  it('gives the metrics also when a sample never ends, and does not begin it a second time', async () => {
    const { provider, records } = monitoring({ readingMs: 10 });
    let begun = 0;
    provider.onReading?.(() => {
      begun++;
      return new Promise<void>(() => {});
    });
    provider.onReading?.(() => provider.recordMetric(depth, 3));
    expect(await provider.metricsText()).toContain('queue_depth 3');
    await provider.metricsText();
    expect(begun).toBe(1);
    expect((await records()).map(({ message }) => message)).toEqual([
      'some metrics are not up to date',
      'some metrics are not up to date',
    ]);
  });

  it('gives those of the process where they are wanted', async () => {
    expect(await monitoring().provider.metricsText()).not.toContain('nodejs_eventloop_lag');
    const text = await monitoring({ processMetrics: true }).provider.metricsText();
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
