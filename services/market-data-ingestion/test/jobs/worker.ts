/** A process that works on jobs, with calls that take a moment and are written down. Run with a plan as JSON. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { systemClock } from '@quantumtrade/core-defaults';
import type { CollectionResult, Interval } from '@quantumtrade/shared-types';
import type { CollectionOptions } from '../../src/collection/collection-request.ts';
import { callName, type JournalLine, openJobs, type WorkerPlan } from './worker-plan.ts';

const plan = JSON.parse(process.argv[2] ?? '') as WorkerPlan;
const journal = openSync(plan.journal, 'a');
const [shortest, longest] = plan.callMs;

const collectSymbolData = async (
  symbol: string,
  interval: string,
  { month, adjusted, signal }: CollectionOptions = {},
): Promise<CollectionResult> => {
  const call = callName(symbol, month, adjusted);
  const write = (answered: boolean): void => {
    writeSync(journal, `${JSON.stringify({ process: process.pid, call, answered } satisfies JournalLine)}\n`);
  };
  write(false);
  await systemClock.sleep(shortest + Math.random() * (longest - shortest), signal);
  write(true);
  const counts = { collectedCount: 1, processedCount: 1, cachedCount: 0, stored: 1, unchanged: 0, duplicates: 0 };
  return {
    ...{
      symbol,
      interval: interval as Interval,
      source: 'alpha_vantage',
      batchId: call,
      collectionTime: 0,
      processingDurationMs: 0,
    },
    ...{ ...counts, quarantined: 0, spooled: 0, qualityScore: 100, warnings: [] },
  };
};

const jobs = await openJobs(plan);
const runner = jobs.runner({ collectSymbolData });
await runner.start();
process.stdout.write('working\n');
for (;;) {
  const { completed, failed } = await jobs.queue.counts();
  if (completed + failed >= plan.items) break;
  await systemClock.sleep(50);
}
await runner.stop();
await jobs.close();
closeSync(journal);
