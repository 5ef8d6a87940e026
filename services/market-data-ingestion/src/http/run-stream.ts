import type { Readable } from 'node:stream';
import type { Clock } from '@quantumtrade/core-traits';
import { outcomeRow } from '../cli/collect.ts';
import type { CollectionRun } from './collection-run.ts';
import { eventStream } from './event-stream.ts';
import { runRow } from './run-row.ts';

const heartbeatMs = 15_000;

interface RunStreamOptions {
  /** The source of what failed before a source was known. */
  readonly source: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How many events the reader has already. */
  readonly told: number;
}

/**
 * What happens to a job as server-sent events, from its beginning to its end: `state` with the job, `outcome` with a
 * series.
 */
export function runStream(run: CollectionRun, options: RunStreamOptions): Readable {
  return eventStream(options.signal, (signal) => events(run, { ...options, signal }));
}

async function* events(
  run: CollectionRun,
  { source, clock, signal, told: known }: RunStreamOptions,
): AsyncGenerator<string> {
  let told = known;
  while (!signal.aborted) {
    const changed = run.changed();
    for (const event of run.events.slice(told)) {
      told += 1;
      const data = event.type === 'state' ? runRow(run, source) : outcomeRow(event.outcome, source);
      yield `id: ${told}\nevent: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`;
    }
    if (run.finished && told === run.events.length) return;
    if ((await nextOf(changed, clock, signal)) === 'quiet') yield ': still here\n\n';
  }
}

/** Waits for a change, for a heartbeat's time, or for the end. Leaves no timer behind. */
async function nextOf(changed: Promise<void>, clock: Clock, signal: AbortSignal): Promise<'changed' | 'quiet'> {
  const waiting = new AbortController();
  const quiet = clock.sleep(heartbeatMs, AbortSignal.any([waiting.signal, signal])).then(
    () => 'quiet' as const,
    () => 'changed' as const,
  );
  const outcome = await Promise.race([changed.then(() => 'changed' as const), quiet]);
  waiting.abort();
  return outcome;
}
