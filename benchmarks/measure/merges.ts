import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from './engine.ts';

const pollMs = 5;
const patienceMs = 60_000;

/**
 * Waits until the merges that earlier work began are over, for a minute at most: they would be counted among what comes
 * next.
 */
export async function mergesOver(sql: Pick<Sql, 'rows'>): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += pollMs) {
    if ((await sql.rows('SELECT 1 FROM system.merges LIMIT 1')).length === 0) return;
    await sleep(pollMs);
  }
}
