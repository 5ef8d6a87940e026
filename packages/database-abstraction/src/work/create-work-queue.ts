import { join } from 'node:path';
import type { Clock, WorkQueue } from '@quantumtrade/core-traits';
import { makeDirectory } from '../engine/make-directory.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';

export interface WorkQueueOptions {
  /** Name of the queue: letters, digits and hyphens. Those who name the same one share its work. */
  readonly name: string;
  readonly clock: Clock;
  /** Directory of the queue's file where there is no Redis; created where needed. */
  readonly dataDirectory: string;
  /** Address of a Redis, with its password; the work is then there, for all processes that name it. */
  readonly redisUrl?: string | undefined;
}

/**
 * The work queue of a process: in Redis (BullMQ) where there is one, otherwise in a SQLite file of the data directory.
 *
 * @throws ServiceError of kind `configuration`: reason `directoryUnusable` when the file cannot be opened, `invalidSetting`
 * for an address of Redis that is none.
 */
export async function createWorkQueue(options: WorkQueueOptions): Promise<WorkQueue> {
  const { name, clock, dataDirectory, redisUrl: url } = options;
  if (url !== undefined) {
    // Whoever has no Redis does not load its libraries.
    const { BullMqWorkQueue } = await import('./bullmq-work-queue.ts');
    return new BullMqWorkQueue({ url, name, clock });
  }
  await makeDirectory(dataDirectory);
  return new SqliteWorkQueue({ file: join(dataDirectory, `${name}.db`), clock });
}
