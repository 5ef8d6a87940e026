/**
 * What a daemon with stored bars answers under load: reads of 500 bars and of the newest bar, alone, beside ingestion at
 * a pace, and beside ingestion at full rate; `/health` all the while; and how soon it is ready again after it was killed
 * under load, with what it had acknowledged. The load comes from this process, the daemon is one of its own. Prints
 * tables and judges nothing.
 *
 * Run it with `pnpm bench:serve`, or with `pnpm bench:serve --bars 10000000 --seconds 10 --rounds 3`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { barInterval } from '../measure/bars.ts';
import { spread, summary } from '../measure/summary.ts';
import { printTable } from '../measure/table.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { fill, storedSymbols } from './fill.ts';
import { watchHealth } from './health-watch.ts';
import { type Ingested, startIngestion } from './ingestion.ts';
import { type Load, type Reading, read } from './reading.ts';
import { barsOfAnswer, startVendor } from './vendor.ts';

const { values } = parseArgs({
  options: {
    bars: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '10' },
    pace: { type: 'string', default: '20000' },
  },
});
const [bars, seconds, rounds, connections, pace] = [
  Number(values.bars),
  Number(values.seconds),
  Number(values.rounds),
  Number(values.connections),
  Number(values.pace),
];

const beside = {
  'reads alone': 0,
  'beside ingestion at a pace': pace,
  'beside ingestion at full rate': 'full',
} as const;
type Beside = keyof typeof beside;

interface Round {
  readonly load: Load;
  readonly beside: Beside;
  readonly reading: Reading;
  readonly cpuMs: number;
  readonly health: readonly number[];
  readonly ingested: Ingested | undefined;
}

const dataDirectory = await mkdtemp(join(tmpdir(), 'market-data-benchmark-'));
const vendor = await startVendor();
let daemon: Daemon | undefined;
try {
  await fill(dataDirectory, bars);
  daemon = await startDaemon(dataDirectory, vendor.url);
  process.stdout.write(
    `${bars} stored bars, ${connections} connections, ${seconds} s a round; ready after ${daemon.readyMs.toFixed(0)} ms; load of the machine before: ${loadText()}\n\n`,
  );
  const measured = await measure(daemon);
  printTable(
    [
      'read',
      'beside',
      'requests/s',
      'p50, ms',
      'p99, ms',
      'p99 to alone',
      'CPU ms a read',
      'bars/s ingested',
      '/health p99, ms',
      '/health most, ms',
    ],
    tableOf(measured),
    `Median (lowest to highest) of ${rounds} rounds in turn, load of the machine after them ${loadText()}`,
  );
  daemon = await killUnderLoad(daemon);
  process.stdout.write(`ended ${(await daemon.end('SIGTERM')).toFixed(0)} ms after SIGTERM\n`);
} finally {
  await daemon?.end('SIGKILL');
  await vendor.close();
  await rm(dataDirectory, { recursive: true, force: true });
}

/** The load averages of the machine: with more than its processors, figures say little but ratios. */
function loadText(): string {
  return loadavg()
    .map((each) => each.toFixed(1))
    .join(', ');
}

/** All combinations in turn, so that what changes on the machine meets each of them. */
async function measure(subject: Daemon): Promise<Round[]> {
  const done: Round[] = [];
  const options = { seconds, connections, barsPerSymbol: Math.ceil(bars / storedSymbols) };
  for (const load of ['bars', 'latest'] as const) await read(subject.address, load, { ...options, seconds: 2 });
  for (let round = 0; round < rounds; round += 1) {
    for (const load of ['bars', 'latest'] as const) {
      for (const [name, rate] of Object.entries(beside)) {
        const ingestion = rate === 0 ? undefined : startIngestion(subject, rate);
        const watch = watchHealth(subject.address);
        const before = await subject.cpuMs();
        const reading = await read(subject.address, load, options);
        const cpuMs = (await subject.cpuMs()) - before;
        const health = await watch.stop();
        done.push({ load, beside: name as Beside, reading, cpuMs, health, ingested: await ingestion?.stop() });
      }
    }
  }
  return done;
}

function tableOf(all: readonly Round[]): string[][] {
  return (['bars', 'latest'] as const).flatMap((load) =>
    Object.keys(beside).map((name) => {
      const these = all.filter((round) => round.load === load && round.beside === name);
      const alone = all.filter((round) => round.load === load && round.beside === 'reads alone');
      const over = (pick: (round: Round, at: number) => number, digits: number): string =>
        spread(summary(these.map(pick)), digits);
      const health = these.flatMap((round) => round.health).toSorted((a, b) => a - b);
      return [
        load === 'bars' ? '500 bars' : '/latest',
        name,
        over(({ reading }) => reading.perSecond, 0),
        over(({ reading }) => reading.p50, 0),
        over(({ reading }) => reading.p99, 0),
        over(({ reading }, at) => reading.p99 / (alone[at]?.reading.p99 ?? Number.NaN), 2),
        name === 'reads alone' ? over(({ cpuMs, reading }) => cpuMs / reading.requests, 1) : '',
        name === 'reads alone' ? '' : over(({ ingested }) => ingested?.barsPerSecond ?? 0, 0),
        (health[Math.floor(health.length * 0.99)] ?? Number.NaN).toFixed(0),
        (health.at(-1) ?? Number.NaN).toFixed(0),
      ];
    }),
  );
}

/** Kills the daemon while it collects at full rate, starts it again, and looks whether all is there, and once. */
async function killUnderLoad(subject: Daemon): Promise<Daemon> {
  const ingestion = startIngestion(subject, 'full');
  await pause(3000);
  await subject.end('SIGKILL');
  const { stored } = await ingestion.stop();
  const again = await startDaemon(dataDirectory, vendor.url);
  let wrong = 0;
  for (const symbol of stored.keys()) {
    const { items } = await again.get<{ items: { openTime: string }[] }>(
      `/api/v1/bars/${symbol}?interval=${barInterval}&limit=${2 * barsOfAnswer}`,
    );
    if (items.length !== barsOfAnswer || new Set(items.map(({ openTime }) => openTime)).size !== barsOfAnswer)
      wrong += 1;
  }
  process.stdout.write(
    `\nkilled under load with ${stored.size} batches acknowledged, ready again after ${again.readyMs.toFixed(0)} ms, ` +
      `${wrong} batches not whole or doubled\n`,
  );
  return again;
}
