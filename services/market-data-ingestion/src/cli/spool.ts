import type { DamagedEntry, SpoolStats } from '@quantumtrade/shared-types';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, type Streams, table, write } from './output.ts';

/** `spool`: what waits for the store, and what was kept aside. Works beside a running service. */
export async function spool(
  { databaseManager }: Application,
  streams: Streams,
  options: { readonly json?: boolean },
): Promise<ExitStatus> {
  // Neither the engine nor its directory's lock is needed.
  await databaseManager.spool.open();
  const stats = await databaseManager.spool.stats();
  const damaged = await databaseManager.spool.damaged();
  const json = options.json === true;
  await write(streams.out, json ? `${JSON.stringify(spoolRow(stats, damaged))}\n` : spoolText(stats, damaged));
  return exitStatus.succeeded;
}

function spoolRow(stats: SpoolStats, damaged: readonly DamagedEntry[]): Record<string, unknown> {
  const { entries, bytes, maxBytes, oldestSpooledAt } = stats;
  return {
    waiting: entries,
    bytes,
    maxBytes,
    oldestSpooledAt: oldestSpooledAt === undefined ? null : isoInstant(oldestSpooledAt),
    damaged: damaged.map((entry) => ({ ...entry, spooledAt: isoInstant(entry.spooledAt) })),
  };
}

function spoolText(stats: SpoolStats, damaged: readonly DamagedEntry[]): string {
  const { entries, bytes, maxBytes, oldestSpooledAt } = stats;
  const since = oldestSpooledAt === undefined ? '' : `, the oldest since ${isoInstant(oldestSpooledAt)}`;
  const lines = `waiting: ${entries} (${bytes} of ${maxBytes} bytes)${since}\ndamaged: ${damaged.length}\n`;
  if (damaged.length === 0) return lines;
  const rows = damaged.map(({ id, batchId, spooledAt, problem }) => [
    String(id),
    batchId,
    isoInstant(spooledAt),
    problem,
  ]);
  return lines + table(['id', 'batch', 'spooled at (UTC)', 'problem'], rows, ['id']);
}
