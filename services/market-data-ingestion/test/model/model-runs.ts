import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@quantumtrade/core-defaults';
import { createDatabaseManager } from '@quantumtrade/database-abstraction';
import fc from 'fast-check';
import { commands, settle } from './commands.ts';
import { ReferenceModel } from './reference-model.ts';
import { type Parts, SystemUnderTest } from './system.ts';

/** Runs so many random histories against the model. A failure names its seed and the shortest history that fails. */
export async function modelRuns(numRuns: number, make: () => Promise<Parts>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(commands, async (history) => {
      const [model, real] = [new ReferenceModel(), new SystemUnderTest(await make())];
      await fc.asyncModelRun(() => ({ model, real }), history);
      await settle(model, real);
    }),
    { numRuns },
  );
}

/** The same over the embedded engine and the spool on the disk. */
export async function modelRunsOnEngine(numRuns: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'model-'));
  const manager = createDatabaseManager({ clock: systemClock, clickhouse: { dataDirectory: directory } });
  try {
    await manager.runMigrations();
    const { clickhouse: store, spool } = manager;
    const reopen = async (): Promise<typeof spool> => {
      await spool.close();
      await spool.open();
      return spool;
    };
    await modelRuns(numRuns, async () => {
      // A run that failed may have left something.
      for (let entry = await spool.peek(); entry !== undefined; entry = await spool.peek())
        await spool.remove(entry.id);
      return { store, spool, reopen, prefix: `M${randomUUID().slice(0, 8).toUpperCase()}`, knowsOldBatches: true };
    });
  } finally {
    await manager.close();
    await rm(directory, { recursive: true });
  }
}
