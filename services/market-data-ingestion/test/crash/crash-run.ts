import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VirtualClock } from '@quantumtrade/core-testing';
import { type FinalState, type JournalLine, type Plan, points } from './plan.ts';
import { batchOfPrice, dayOf, goodBars, priceOf, symbolOf } from './script.ts';

const child = fileURLToPath(new URL('./child.ts', import.meta.url));

/** What came of many kills in one data directory. */
export interface CrashReport {
  readonly kills: number;
  readonly begun: number;
  readonly acknowledged: number;
  /** Acknowledged batches that went through the spool. */
  readonly spooled: number;
  /** Rows of acknowledged batches that are not in the store. */
  readonly lost: number;
  /** Rows that are there more than once. */
  readonly doubled: number;
  /** Batches of which only a part is there, rows that nobody collected, and versions in the wrong order. */
  readonly torn: number;
  readonly strange: number;
  readonly disordered: number;
  /** Acknowledgements whose counts do not add up. */
  readonly lawBroken: number;
  readonly waiting: number;
  readonly damaged: number;
  /** What is wrong, one text each. */
  readonly findings: readonly string[];
}

/** Several {@link crashRun}s, two side by side, as one report. */
export async function crashRuns(options: {
  readonly runs: number;
  /** In each run. */
  readonly kills: number;
  readonly seed: number;
}): Promise<CrashReport> {
  const left = Array.from({ length: options.runs }, (_, run) => new VirtualClock({ seed: options.seed + run }));
  const reports: CrashReport[] = [];
  const lane = async (): Promise<void> => {
    for (let chance = left.pop(); chance !== undefined; chance = left.pop()) {
      const clock = chance;
      reports.push(await crashRun(options.kills, () => clock.random()));
    }
  };
  await Promise.all([lane(), lane()]);
  return reports.reduce((sum, report) => {
    const { findings, ...counts } = report;
    const entries = Object.entries(counts) as [keyof typeof counts, number][];
    const sums = Object.fromEntries(entries.map(([key, value]) => [key, sum[key] + value])) as typeof counts;
    return { ...sums, findings: [...sum.findings, ...findings] };
  });
}

/**
 * Kills processes that collect into one data directory until so many have been killed, each at a named point or at
 * random; then lets one replay what waits, without collecting, and compares the store with the acknowledgements.
 */
async function crashRun(kills: number, random: () => number): Promise<CrashReport> {
  const directory = await mkdtemp(join(tmpdir(), 'crash-'));
  try {
    const journal = join(directory, 'journal');
    const paths = { directory: join(directory, 'data'), journal };
    for (let killed = 0; killed < kills; ) {
      const plan: Plan = { ...paths, batches: 40, patient: random() < 0.5 };
      // Each point in turn and then one kill at random; a migration can be met in a new directory only.
      const point = points[killed % (points.length + 1)];
      const named = point !== undefined && (point !== 'migrating' || killed === 0);
      const ended = named
        ? await run({ ...plan, kill: { point, count: point === 'migrating' ? 1 : 1 + Math.floor(random() * 5) } })
        : await run(plan, 150 + random() * 900);
      if (ended.signal === 'SIGKILL') killed += 1;
      else if (ended.status !== 0) throw new Error(`a child failed by itself: ${ended.stderr}`);
    }
    const { status, stdout, stderr } = await run({ ...paths, batches: 0, patient: true });
    if (status !== 0) throw new Error(`the last child failed: ${stderr}`);
    const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').filter(Boolean) : [];
    const parsed = lines.map((line) => JSON.parse(line) as JournalLine);
    return { kills, ...compare(parsed, JSON.parse(stdout) as FinalState) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function compare(journal: readonly JournalLine[], state: FinalState): Omit<CrashReport, 'kills'> {
  const acknowledgements = journal.filter((line) => 'acknowledged' in line);
  const begun = journal.filter((line) => 'begun' in line).length;
  const seen = new Map<string, number>();
  const count = (key: string): void => void seen.set(key, (seen.get(key) ?? 0) + 1);
  let [disordered, strange] = [0, 0];
  const findings: string[] = [];
  let before: { readonly key: string; readonly batch: number } | undefined;
  for (const { symbol, day, close } of state.bars) {
    const batch = batchOfPrice(close);
    count(`${symbol} ${day} ${batch}`);
    const bar = Array.from({ length: goodBars }, (_, i) => dayOf(batch, i)).includes(day);
    if (!bar || symbolOf(batch) !== symbol || batch >= begun) {
      strange += 1;
      findings.push(`nobody collected ${symbol} ${day} of batch ${batch}`);
    }
    const key = `${symbol} ${day}`;
    if (before?.key === key && before.batch >= batch) {
      disordered += 1;
      findings.push(`${key} of batch ${batch} is newer than that of ${before.batch}`);
    }
    before = { key, batch };
  }
  for (const { symbol, label, low } of state.quarantine) count(`quarantine ${symbol} ${label} ${low}`);

  const rowsOf = (batch: number): string[] => [
    ...Array.from({ length: goodBars }, (_, bar) => `${symbolOf(batch)} ${dayOf(batch, bar)} ${batch}`),
    `quarantine ${symbolOf(batch)} ${dayOf(batch, goodBars)} ${priceOf(batch)}`,
  ];
  const missing = (batch: number): number => rowsOf(batch).filter((row) => !seen.has(row)).length;
  const known = new Set(acknowledgements.map(({ acknowledged }) => acknowledged));
  const unknown = Array.from({ length: begun }, (_, batch) => batch).filter((batch) => !known.has(batch));
  const there = (batch: number): number =>
    rowsOf(batch)
      .slice(0, goodBars)
      .filter((row) => seen.has(row)).length;
  const torn = unknown.filter((batch) => there(batch) !== 0 && there(batch) !== goodBars);
  findings.push(...torn.map((batch) => `of batch ${batch} ${there(batch)} bars are there, and nobody acknowledged it`));
  for (const batch of known) if (missing(batch) > 0) findings.push(`batch ${batch} lacks ${missing(batch)} rows`);
  for (const [key, times] of seen) if (times > 1) findings.push(`${key} is there ${times} times`);
  return {
    findings,
    begun,
    acknowledged: known.size,
    spooled: acknowledgements.filter(({ spooled }) => spooled > 0).length,
    lost: [...known].reduce((sum, batch) => sum + missing(batch), 0),
    doubled: [...seen.values()].filter((times) => times > 1).length,
    // What nobody acknowledged may be there or not, but its bars are one block.
    torn: torn.length,
    strange,
    disordered,
    lawBroken: acknowledgements.filter(({ collected, accountedFor }) => collected !== accountedFor).length,
    waiting: state.waiting,
    damaged: state.damaged,
  };
}

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(plan: Plan, killAfterMs?: number): Promise<Ended> {
  const process_ = spawn(process.execPath, ['--conditions=@quantumtrade/source', child, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  process_.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  process_.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => process_.kill('SIGKILL'), killAfterMs);
  const { promise, resolve } = Promise.withResolvers<Ended>();
  process_.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  const ended = await promise;
  clearTimeout(timer);
  return ended;
}
