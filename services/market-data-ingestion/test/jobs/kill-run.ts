import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@quantumtrade/core-defaults';
import { VirtualClock } from '@quantumtrade/core-testing';
import { seriesName } from '../../src/collection/backfill.ts';
import { CollectorMemory } from '../../src/memory/collector-memory.ts';
import { readJournal, startWorker } from './run-workers.ts';
import { callName, openJobs, type WorkerPlan } from './worker-plan.ts';

/** What came of a backfill whose workers were killed. */
export interface KillReport {
  readonly kills: number;
  /** Calls that the backfill needs. */
  readonly calls: number;
  /** Calls that were begun, in all. */
  readonly asked: number;
  /** Calls that were finished at a kill and begun again after it. */
  readonly repeated: number;
  /** Calls that were never answered. */
  readonly lost: number;
  /** Items that did not come to a good end. */
  readonly incomplete: number;
}

const symbols = ['AAA', 'BBB', 'CCC'];
export const workers = 3;

/** Kills the workers of one backfill again and again at random, and lets it come to its end. */
async function killRun(kills: number, seed: number): Promise<KillReport> {
  const chance = new VirtualClock({ seed });
  const directory = await mkdtemp(join(tmpdir(), 'jobs-kills-'));
  const journal = join(directory, 'journal');
  // About twelve calls pass between two kills: there is work left for the last one.
  const years = Math.ceil((kills * 16) / (12 * symbols.length * 2));
  const shared = { directory: join(directory, 'data'), journal, workers, itemsPerSecond: 'none' } as const;
  const jobs = await openJobs(shared);
  const memory = new CollectorMemory({ directory: shared.directory });
  try {
    const request = { symbols, interval: '5min', adjustments: ['raw', 'adjusted'], from: '2004-01' } as const;
    const job = await jobs.board.plan({ ...request, to: `${2003 + years}-12` });
    await jobs.board.create(job);
    const plan: WorkerPlan = { ...shared, items: job.items.length, callMs: [10, 30] };
    /** The calls that nobody may begin again. */
    const finished = (): Set<string> => {
      const calls = [...symbols].flatMap((symbol) =>
        [false, true].flatMap((adjusted) => {
          const series = { database: 'market_data', source: 'alpha_vantage', interval: '5min', adjusted };
          return [...memory.finishedMonths(seriesName(series, symbol)).keys()].map((m) =>
            callName(symbol, m, adjusted),
          );
        }),
      );
      return new Set(calls);
    };
    const atKill: { readonly lines: number; readonly done: ReadonlySet<string> }[] = [];
    while (atKill.length < kills) {
      const worker = await startWorker(plan);
      await systemClock.sleep(10 + chance.random() * 90);
      worker.child.kill('SIGKILL');
      if (await worker.ended) throw new Error('the backfill was over before the last kill: give it more work');
      atKill.push({ lines: readJournal(journal).length, done: finished() });
    }
    await (await startWorker(plan)).ended;

    const lines = readJournal(journal);
    const begun = lines.filter(({ answered }) => !answered).map(({ call }) => call);
    const answered = new Set(lines.filter((line) => line.answered).map(({ call }) => call));
    const expected = job.items.flatMap(({ symbol, month }) =>
      [false, true].map((adjusted) => callName(symbol, month, adjusted)),
    );
    const after = (count: number): Set<string> =>
      new Set(lines.slice(count).flatMap((line) => (line.answered ? [] : [line.call])));
    const { completed } = await jobs.queue.counts(job.id);
    return {
      kills,
      calls: expected.length,
      asked: begun.length,
      repeated: atKill.reduce((sum, { lines: count, done }) => sum + after(count).intersection(done).size, 0),
      lost: expected.filter((call) => !answered.has(call)).length,
      incomplete: job.items.length - completed,
    };
  } finally {
    memory.close();
    await jobs.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Several {@link killRun}s, two side by side, as one report. */
export async function killRuns(runs: number, kills: number, seed: number): Promise<KillReport> {
  const reports: KillReport[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < runs) reports.push(await killRun(kills, seed + next++));
  };
  await Promise.all([lane(), lane()]);
  return reports.reduce((sum, report) => {
    const entries = Object.entries(report) as [keyof KillReport, number][];
    return Object.fromEntries(entries.map(([key, value]) => [key, sum[key] + value])) as unknown as KillReport;
  });
}
