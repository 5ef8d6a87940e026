import type { ComponentReport } from '@quantumtrade/core-traits';
import type { SqlEngine } from '../engine/sql-engine.ts';

/**
 * How a database's files are. At its start the engine sets aside a part whose files are missing or cut off, and goes on
 * without its rows: nobody else would say that they are gone.
 *
 * @throws ServiceError of kind `database` when the engine does not answer.
 */
export async function reportParts(engine: SqlEngine, database: string, signal: AbortSignal): Promise<ComponentReport> {
  const [row] = await engine.rows<{ parts: string }>(
    `SELECT count() AS parts FROM system.detached_parts
     WHERE database = {database:String} AND startsWith(assumeNotNull(reason), 'broken')`,
    { database },
    { signal, prompt: true },
  );
  const parts = Number(row?.parts ?? 0);
  const { implementation } = engine;
  if (parts === 0) return { status: 'healthy', message: '', implementation };
  const found = parts === 1 ? '1 damaged part of a table was' : `${parts} damaged parts of tables were`;
  const message = `${found} set aside with the rows in it: restore a backup, see docs/failures/disk.md`;
  return { status: 'degraded', message, implementation };
}
