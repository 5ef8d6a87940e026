import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from './engine.ts';

const pollMs = 5;
const patienceMs = 300_000;

/**
 * Waits until the merges that earlier work began are over: they would be counted among what comes next.
 *
 * @throws Error when they are not after five minutes.
 */
export async function mergesOver(sql: Pick<Sql, 'rows'>): Promise<void> {
  const began = performance.now();
  while ((await sql.rows('SELECT 1 FROM system.merges LIMIT 1')).length > 0) {
    if (performance.now() - began > patienceMs) throw new Error('the engine merges parts for more than five minutes');
    await sleep(pollMs);
  }
}
