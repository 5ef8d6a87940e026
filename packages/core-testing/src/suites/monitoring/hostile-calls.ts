import type { Instrument, Labels, LogContext, MonitoringProvider } from '@quantumtrade/core-traits';
import { suiteCounter, suiteGauge, suiteTiming } from './instruments.ts';

/** Calls that no provider may throw at, by what is the matter with them. */
export function hostileCalls(monitoring: MonitoringProvider): Readonly<Record<string, () => unknown>> {
  const calls: Record<string, () => unknown> = {};
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, 'text', {}, null, 10n, Symbol('value')]) {
    const number = value as number;
    calls[`the value ${String(value)}`] = () => {
      monitoring.recordCounter(suiteCounter, number, { outcome: 'ok' });
      monitoring.recordMetric(suiteGauge, number);
      monitoring.recordTiming(suiteTiming, number);
    };
  }
  for (const [about, labels] of Object.entries(hostileLabels())) {
    calls[`labels ${about}`] = () => {
      monitoring.recordCounter(suiteCounter, 1, labels);
      monitoring.recordMetric(suiteGauge, 1, labels);
      monitoring.recordTiming(suiteTiming, 1, labels);
    };
  }
  for (const [about, instrument] of Object.entries(hostileInstruments())) {
    calls[`an instrument ${about}`] = () => {
      monitoring.recordCounter(instrument, 1);
      monitoring.recordMetric(instrument, 1);
      monitoring.recordTiming(instrument, 1);
    };
  }
  for (const [about, context] of Object.entries(hostileContexts())) {
    calls[`a context ${about}`] = () => {
      monitoring.logInfo('hostile', context);
      monitoring.logWarn('hostile', context);
      monitoring.logError('hostile', context);
    };
  }
  for (const message of ['', 'x'.repeat(100_000), 'a\u0000b\r\nc\u001b[2J', '\ud800', undefined, Symbol('message')]) {
    calls[`the message ${String(message).slice(0, 10)}`] = () => monitoring.logWarn(message as string);
  }
  return calls;
}

function hostileLabels(): Readonly<Record<string, Labels>> {
  const unreadable = {
    get outcome(): string {
      throw new Error('cannot be read');
    },
  };
  return {
    'that are not declared': { symbol: 'IBM' },
    'with a value that is not declared': { outcome: 'late' },
    'with names that objects have by nature': JSON.parse('{"__proto__": "a", "constructor": "b"}'),
    'that cannot be read': unreadable,
    'that are null': null as unknown as Labels,
  };
}

function hostileInstruments(): Readonly<Record<string, Instrument>> {
  return {
    'that was never declared': { name: 'suite_late_total', kind: 'counter', help: 'Late.' },
    'of another kind under the same name': { ...suiteCounter, kind: 'gauge' },
    'with a name that cannot be': { name: 'no name at all!', kind: 'gauge', help: '' },
    'with a name that objects have by nature': { name: '__proto__', kind: 'counter', help: 'Odd.' },
    'of no kind': { name: 'suite_odd', kind: 'odd' as 'gauge', help: 'Odd.' },
    'that is none': undefined as unknown as Instrument,
  };
}

function hostileContexts(): Readonly<Record<string, LogContext>> {
  const circular: Record<string, unknown> = { list: [] };
  circular.self = circular;
  (circular.list as unknown[]).push(circular);
  const unreadable = {
    get field(): string {
      throw new Error('cannot be read');
    },
    toJSON(): never {
      throw new Error('has no JSON form');
    },
  };
  let deep: unknown = 'bottom';
  for (let level = 0; level < 5_000; level++) deep = { deep };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return {
    'that holds itself': circular,
    'that cannot be read': unreadable,
    'with something below that cannot be read': { unreadable },
    'that is a revoked proxy': proxy,
    'with a revoked proxy below': { proxy },
    'that is very deep': { deep },
    'with values without a JSON form': {
      big: 10n,
      symbol: Symbol('s'),
      run: () => undefined,
      date: new Date(Number.NaN),
    },
    'with an error that is its own cause': { error: Object.assign(new Error('circular'), { cause: circular }) },
    'that objects have by nature': JSON.parse('{"__proto__": {"level": "x"}, "level": "silent", "message": 1}'),
    'that is null': null as unknown as LogContext,
  };
}
