import { inspect } from 'node:util';
import { type Instrument, type Labels, type MonitoringProvider, Redacted } from '@quantumtrade/core-traits';
import { hostileCalls } from './monitoring/hostile-calls.ts';
import { suiteCounter, suiteGauge, suiteTiming } from './monitoring/instruments.ts';
import { failureOf, type SuiteSubject, type TestFunctions, using } from './suite.ts';

/** What a provider is to be made of. */
export interface MonitoringSuiteGiven {
  /** To be declared, where the provider wants that. */
  readonly instruments: readonly Instrument[];
  /** To be taken out of everything that is logged, where the provider can do that. */
  readonly secrets: readonly string[];
}

/** What a provider has recorded so far. */
export interface MonitoringReading {
  /** A counter's value under exactly these labels; 0 when it was never added to. */
  counter(name: string, labels: Labels): number;
  /** A gauge's value under exactly these labels; `undefined` when it was never set. */
  gauge(name: string, labels: Labels): number | undefined;
  /** The durations of an instrument under exactly these labels: how many, and their sum in milliseconds. */
  timings(name: string, labels: Labels): { readonly count: number; readonly sumMs: number };
  /** The log, each line with its level and everything that it shows. */
  readonly logs: readonly { readonly level: 'info' | 'warn' | 'error'; readonly text: string }[];
}

/** A provider under test. */
export interface MonitoringSuiteSubject extends SuiteSubject<MonitoringProvider> {
  /** Reads back what was recorded. */
  read?(): Promise<MonitoringReading>;
}

/** What {@link monitoringSuite} needs to test a monitoring provider. */
export interface MonitoringSuiteFactory {
  /** What the provider can do; everything when left out. */
  readonly supports?: {
    /**
     * Whether `read` of the subject gives back what was recorded. Where not, only what callers see is tested.
     * @default true
     */
    readonly reading?: boolean;
    /**
     * Whether the given secrets are taken out of what is logged. Where not, they must show: a provider that has learnt
     * it since must say so here.
     * @default true
     */
    readonly redaction?: boolean;
  };
  create(given: MonitoringSuiteGiven): Promise<MonitoringSuiteSubject>;
}

const canary = 'CANARY-monitoring-77d0';

/** What every {@link MonitoringProvider} must do. */
export function monitoringSuite({ describe, it, expect }: TestFunctions, factory: MonitoringSuiteFactory): void {
  const { reading = true, redaction = true } = factory.supports ?? {};
  const instruments = [suiteCounter, suiteGauge, suiteTiming];

  const recording =
    (
      body: (monitoring: MonitoringProvider, read: () => Promise<MonitoringReading>) => Promise<void>,
    ): (() => Promise<void>) =>
    () =>
      using(factory.create({ instruments, secrets: [canary] }), (created) =>
        body(created.subject, async () => {
          if (created.read === undefined) throw new Error('give the subject a read(), or declare reading: false');
          return created.read();
        }),
      );

  const logSecrets = (monitoring: MonitoringProvider, secret: unknown): void => {
    monitoring.logInfo('with the key', { key: secret, deep: { list: [{ secret }] }, map: new Map([['key', secret]]) });
    monitoring.logError('refused', { error: new Error('no', { cause: { secret } }) });
  };

  const everythingLogged = async (read: () => Promise<MonitoringReading>): Promise<string> => {
    const { logs } = await read();
    expect(logs.length > 0, 'nothing was logged').toBe(true);
    return logs.map(({ text }) => text).join('\n');
  };

  describe('monitoring', () => {
    it(
      'throws at nothing that it is told to record or log',
      recording(async (monitoring) => {
        for (const [about, call] of Object.entries(hostileCalls(monitoring))) {
          const failure = await failureOf(call);
          expect(failure === undefined, `${about}: failed with ${inspect(failure)}`).toBe(true);
        }
      }),
    );

    it(
      'gives its callers nothing to wait for',
      recording(async (monitoring) => {
        const answers: unknown[] = [
          monitoring.recordCounter(suiteCounter, 1, { outcome: 'ok' }),
          monitoring.recordMetric(suiteGauge, 1),
          monitoring.recordTiming(suiteTiming, 1),
          monitoring.logInfo('info'),
          monitoring.logWarn('warn'),
          monitoring.logError('error'),
        ];
        expect(answers).toEqual(answers.map(() => undefined));
      }),
    );

    if (!reading) return;

    it(
      'adds to a counter, 1 when no value is given, for each set of labels by itself',
      recording(async (monitoring, read) => {
        monitoring.recordCounter(suiteCounter, undefined, { outcome: 'ok' });
        monitoring.recordCounter(suiteCounter, 2.5, { outcome: 'ok' });
        monitoring.recordCounter(suiteCounter, 0, { outcome: 'ok' });
        monitoring.recordCounter(suiteCounter, 4, { outcome: 'failed' });
        const found = await read();
        expect(found.counter(suiteCounter.name, { outcome: 'ok' })).toBe(3.5);
        expect(found.counter(suiteCounter.name, { outcome: 'failed' })).toBe(4);
      }),
    );

    it(
      'sets a gauge to the value it was given last, also down and below 0',
      recording(async (monitoring, read) => {
        for (const value of [3, 8, -2.5]) monitoring.recordMetric(suiteGauge, value);
        expect((await read()).gauge(suiteGauge.name, {})).toBe(-2.5);
      }),
    );

    it(
      'keeps every duration, in milliseconds',
      recording(async (monitoring, read) => {
        for (const milliseconds of [12, 0, 1500.5]) monitoring.recordTiming(suiteTiming, milliseconds);
        const { count, sumMs } = (await read()).timings(suiteTiming.name, {});
        expect(count).toBe(3);
        expect(Math.abs(sumMs - 1512.5) < 1e-6, `a sum of ${sumMs} ms`).toBe(true);
      }),
    );

    it(
      'logs each message once, in order, at its level and with its context',
      recording(async (monitoring, read) => {
        monitoring.logInfo('first of three', { symbol: 'SUITE-A' });
        monitoring.logWarn('second of three', { symbol: 'SUITE-B' });
        monitoring.logError('third of three', { error: new Error('SUITE-C') });
        const { logs } = await read();
        const told = logs.filter(({ text }) => text.includes('of three'));
        expect(told.map(({ level }) => level)).toEqual(['info', 'warn', 'error']);
        for (const [index, expected] of ['SUITE-A', 'SUITE-B', 'SUITE-C'].entries()) {
          expect(told[index]?.text.includes(expected), `line ${index} lacks ${expected}`).toBe(true);
        }
      }),
    );

    it(
      'goes on recording and logging after what it could not take',
      recording(async (monitoring, read) => {
        for (const call of Object.values(hostileCalls(monitoring))) await failureOf(call);
        const before = (await read()).counter(suiteCounter.name, { outcome: 'failed' });
        monitoring.recordCounter(suiteCounter, 7, { outcome: 'failed' });
        monitoring.logWarn('still here');
        const found = await read();
        expect(found.counter(suiteCounter.name, { outcome: 'failed' }) - before).toBe(7);
        expect(found.logs.some(({ text }) => text.includes('still here'))).toBe(true);
      }),
    );

    it(
      'never shows what is wrapped in Redacted',
      recording(async (monitoring, read) => {
        const hidden = 'HIDDEN-monitoring-3ac2';
        logSecrets(monitoring, new Redacted(hidden));
        expect((await everythingLogged(read)).includes(hidden), 'the log shows the secret').toBe(false);
      }),
    );

    it(
      redaction
        ? 'takes the secrets that it knows out of messages, contexts and errors'
        : 'shows texts as they are, as it declares',
      recording(async (monitoring, read) => {
        logSecrets(monitoring, canary);
        monitoring.logWarn(`the key ${canary} was refused`, { [canary]: `Bearer ${canary}` });
        expect((await everythingLogged(read)).includes(canary), 'whether the log shows the secret').toBe(!redaction);
      }),
    );
  });
}
