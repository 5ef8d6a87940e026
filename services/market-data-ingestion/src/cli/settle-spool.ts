import type { Clock } from '@quantumtrade/core-traits';
import type { BatchSpool, SpoolStats } from '@quantumtrade/shared-types';
import { counted, note, type Streams } from './output.ts';

export interface SettleSpoolOptions {
  readonly spool: Pick<BatchSpool, 'stats'>;
  readonly clock: Clock;
  readonly streams: Pick<Streams, 'error'>;
  /** The spool before the command began. */
  readonly before: SpoolStats;
  /** Batches that the command itself put there. */
  readonly added: number;
  readonly signal: AbortSignal;
}

/** How often to look, and how long to wait without any progress and in all, in milliseconds. */
const pauseMs = 50;
const patienceMs = 2_000;
const mostMs = 30_000;

/**
 * Lets the replay finish what earlier commands left in the spool, and says what became of it and what still waits: a
 * process that ends with its command has no later moment for that. To be called while the service runs.
 */
export async function settleSpool(options: SettleSpoolOptions): Promise<void> {
  const { spool, streams, before, added } = options;
  let now = await spool.stats();
  // Where this command had to spool, the store is away.
  if (added === 0) now = await waitForReplay(options, now);
  const damaged = now.damaged - before.damaged;
  const stored = before.entries + added - now.entries - damaged;
  if (stored > 0)
    await note(streams.error, `${counted(stored, 'batch', 'batches')} that had waited in the spool: stored`);
  if (damaged > 0) {
    await note(
      streams.error,
      `${counted(damaged, 'batch', 'batches')} in the spool cannot be read any more: see market-data spool`,
    );
  }
  if (now.entries > 0) {
    await note(
      streams.error,
      `${counted(now.entries, 'batch', 'batches')} in the spool until the database is back: the next collect stores them, see market-data spool`,
    );
  }
}

async function waitForReplay({ spool, clock, signal }: SettleSpoolOptions, first: SpoolStats): Promise<SpoolStats> {
  const began = clock.monotonic();
  let [now, progressAt] = [first, began];
  while (now.entries > 0 && !signal.aborted) {
    if (clock.monotonic() - progressAt >= patienceMs || clock.monotonic() - began >= mostMs) break;
    await clock.sleep(pauseMs, signal).catch(() => {});
    const next = await spool.stats();
    if (next.entries < now.entries) progressAt = clock.monotonic();
    now = next;
  }
  return now;
}
