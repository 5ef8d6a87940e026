/**
 * What a calendar costs: to work out, and for each lookup once it is warm. Prints a table and judges nothing.
 *
 * Run it with `pnpm --filter @quantumtrade/benchmarks calendar`.
 */
import { cpus } from 'node:os';
import { createCalendar, exchanges, type MarketCalendar, type Session } from '@quantumtrade/market-calendar';

const years = 39;
const lookups = 100_000;
const rounds = 7;

/** The middle of so many measurements of a piece of work, in milliseconds. */
function median(work: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((left, right) => left - right)[Math.floor(rounds / 2)] as number;
}

/** Instants spread over all years in no order, the same in every run. */
function spread(calendar: MarketCalendar): Float64Array {
  const first = calendar.next('1990-01-05') as Session;
  const last = calendar.previous('2028-12-20') as Session;
  let state = 1;
  return Float64Array.from({ length: lookups }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return first.open + Math.floor((state / 2 ** 32) * (last.close - first.open));
  });
}

/** What is counted keeps the work from being optimised away. */
let counted = 0;

const rows = exchanges.map((exchange) => {
  const build = median(() => {
    counted += createCalendar(exchange).version.length;
  });
  const calendar = createCalendar(exchange);
  const instants = spread(calendar);
  const nanoseconds = (lookup: (instant: number) => unknown): string => {
    const time = median(() => {
      for (const instant of instants) if (lookup(instant) !== undefined) counted++;
    });
    return ((time * 1e6) / lookups).toFixed(0);
  };
  return [
    exchange,
    (build / years).toFixed(2),
    nanoseconds((instant) => calendar.isOpen(instant)),
    nanoseconds((instant) => calendar.alignToBar(instant, '5min')),
    nanoseconds((instant) => calendar.alignToBar(instant, 'daily')),
    nanoseconds((instant) => calendar.next(instant)),
  ];
});

const head = ['calendar', 'a year, ms', 'isOpen, ns', 'alignToBar 5min, ns', 'alignToBar daily, ns', 'next, ns'];
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
process.stdout.write(line(head) + line(head.map(() => '---')) + rows.map(line).join(''));
process.stdout.write(
  `\nMedian of ${rounds} rounds; ${lookups} lookups of random instants each; Node ${process.versions.node}, ` +
    `${cpus()[0]?.model ?? 'unknown processor'} (${counted} counted).\n`,
);
