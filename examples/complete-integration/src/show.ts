import type { HealthStatus } from '@quantumtrade/core-traits';
import type { JobOutcome } from '@quantumtrade/market-data-ingestion';
import type { MarketData } from '@quantumtrade/shared-types';
import asciichart from 'asciichart';
import { Presets, SingleBar } from 'cli-progress';
import Table from 'cli-table3';

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printHealth(title: string, health: HealthStatus): void {
  print(`\n${title}: ${health.serviceName} ${health.version} is ${health.status}`);
  for (const { name, status, implementation, message } of health.checks) {
    print(`  ${name.padEnd(14)}${status.padEnd(10)}${(implementation ?? '').padEnd(12)}${message}`.trimEnd());
  }
}

/** A bar that moves on a terminal, a line for each finished series elsewhere. */
export function showProgress(total: number): { finished: (outcome: JobOutcome) => void; stop: () => void } {
  if (!process.stdout.isTTY) {
    let done = 0;
    return { finished: (outcome) => print(`  ${++done}/${total} ${describe(outcome)}`), stop: () => {} };
  }
  const bar = new SingleBar(
    { stream: process.stdout, format: '  collecting {bar} {value}/{total}  {last}', hideCursor: true, barsize: 24 },
    Presets.shades_classic,
  );
  bar.start(total, 0, { last: '' });
  return { finished: (outcome) => bar.increment(1, { last: describe(outcome) }), stop: () => bar.stop() };
}

function describe(outcome: JobOutcome): string {
  const name = `${outcome.job.symbol} ${outcome.job.interval}`;
  return 'error' in outcome ? `${name} failed` : `${name}: ${outcome.result.collectedCount} bars`;
}

export function printOutcomes(outcomes: readonly JobOutcome[]): void {
  const table = new Table({
    head: ['symbol', 'interval', 'collected', 'stored', 'unchanged', 'quarantined', 'quality', 'ms'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const failures: string[] = [];
  for (const outcome of outcomes) {
    const { symbol, interval } = outcome.job;
    if ('error' in outcome) {
      failures.push(`  ${symbol} ${interval}: ${outcome.error.kind}/${outcome.error.reason}: ${outcome.error.message}`);
      continue;
    }
    const { collectedCount, stored, unchanged, quarantined, qualityScore } = outcome.result;
    const counts = [collectedCount, stored, unchanged, quarantined].map(String);
    table.push([symbol, interval, ...counts, qualityScore.toFixed(1), String(outcome.durationMs)]);
  }
  print(`\n${table.toString()}`);
  for (const failure of failures) print(failure);
}

/** The newest closes as a line drawn in the terminal, and the newest bar in full. */
export function printBars(title: string, bars: readonly MarketData[]): void {
  const shown = bars.slice(-60);
  const newest = shown.at(-1);
  if (newest === undefined) {
    print(`\n${title}: nothing is stored`);
    return;
  }
  print(`\n${title}: ${bars.length} bars are stored, the closes of the newest ${shown.length}:`);
  // A drawing needs no exact decimals; the bars themselves keep them.
  print(
    asciichart.plot(
      shown.map((bar) => bar.close.toNumber()),
      { height: 8 },
    ),
  );
  const { open, high, low, close, volume } = newest;
  print(
    `  ${newest.openTime.toISO()}  open ${open.toFixed()}  high ${high.toFixed()}  low ${low.toFixed()}  ` +
      `close ${close.toFixed()}  volume ${volume?.toFixed() ?? 'none'}`,
  );
}
