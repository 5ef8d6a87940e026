/**
 * What our monitoring costs beside the libraries it is made of: the same work done by `createMonitoring`, by bare
 * prom-client and by bare winston, in alternating rounds of one run. Prints a table and judges nothing.
 *
 * Run it with `pnpm --filter @quantumtrade/benchmarks monitoring`.
 */
import { Writable } from 'node:stream';
import { createMonitoring, createRedactor } from '@quantumtrade/core-defaults';
import type { Instrument } from '@quantumtrade/core-traits';
import { Counter, Histogram, Registry } from 'prom-client';
import winston from 'winston';
import { type Comparison, compare } from './compare.ts';
import { printComparisons } from './print-comparisons.ts';

const intervals = ['1min', '5min', '15min', '30min', '60min', 'daily', 'weekly', 'monthly'];
const collected: Instrument = {
  name: 'bars_collected_total',
  kind: 'counter',
  help: 'Bars collected.',
  labels: { interval: intervals, outcome: ['stored', 'unchanged', 'quarantined'] },
};
const duration: Instrument = {
  name: 'collection_duration_seconds',
  kind: 'timing',
  help: 'From the call to its result.',
  labels: { interval: intervals },
};

/** Takes every line and keeps none, so that no terminal or disk is measured. */
class Nowhere extends Writable {
  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}

const ours = createMonitoring({
  service: 'benchmark',
  instruments: [collected, duration],
  stream: new Nowhere(),
  redact: createRedactor(() => ['an-api-key-of-16']),
});
const silent = createMonitoring({ service: 'benchmark', instruments: [], stream: new Nowhere(), level: 'warn' });

const registers = [new Registry()];
const counter = new Counter({
  name: collected.name,
  help: collected.help,
  labelNames: ['interval', 'outcome'],
  registers,
});
const histogram = new Histogram({
  name: duration.name,
  help: duration.help,
  labelNames: ['interval'],
  registers,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});
const bare = (level: string): winston.Logger =>
  winston.createLogger({
    level,
    defaultMeta: { service: 'benchmark' },
    format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream: new Nowhere(), eol: '\n' })],
  });
const logger = bare('info');
const silentLogger = bare('warn');

/** Facts as a collection logs them. */
const facts = (index: number) => ({
  symbol: 'AAPL',
  interval: intervals[index % intervals.length],
  collected: 100,
  stored: index % 100,
  batchId: '3b1f8a52-7f3e-4f0e-9a6c-0c9b7c6f5d11',
});
const labelled = intervals.map((interval) => ({ interval, outcome: 'stored' }));
const timed = intervals.map((interval) => ({ interval }));
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const comparisons: readonly Comparison[] = [
  {
    name: 'counter, two labels',
    against: 'prom-client',
    operations: 100_000,
    ours: (index) => ours.recordCounter(collected, 1, at(labelled, index)),
    bare: (index) => counter.inc(at(labelled, index), 1),
  },
  {
    name: 'timing, one label',
    against: 'prom-client',
    operations: 100_000,
    ours: (index) => ours.recordTiming(duration, index % 1_000, at(timed, index)),
    bare: (index) => histogram.observe(at(timed, index), (index % 1_000) / 1_000),
  },
  {
    name: 'log line, five facts',
    against: 'winston',
    operations: 10_000,
    ours: (index) => ours.logInfo('collected', facts(index)),
    bare: (index) => void logger.info('collected', facts(index)),
  },
  {
    name: 'log line below the level',
    against: 'winston',
    operations: 100_000,
    ours: (index) => silent.logInfo('collected', facts(index)),
    bare: (index) => void silentLogger.info('collected', facts(index)),
  },
];

const rounds = 15;
const results = [];
for (const comparison of comparisons) results.push(await compare(comparison, rounds));
printComparisons(results, rounds);
