import type { NewEvent } from '@quantumtrade/core-traits';
import type { JobProgress } from './job.ts';
import type { JobItem } from './job-item.ts';
import { partitionOf } from './job-item.ts';

/** The first item of a job was begun. Its id is the same in every process, as with the ends of a job. */
export function jobStarted(job: string, { interval, tier, source }: JobItem): NewEvent {
  return { id: `${job}:started`, type: 'job.started', data: { job, interval, tier, source } };
}

/** An item of a job is stored. */
export function batchProcessed(job: string, id: string, item: JobItem, bars: number): NewEvent {
  const { symbol, interval, source } = item;
  const data = { job, symbol, interval, source, bars, partition: partitionOf(item) };
  return { id: `${id}:processed`, type: 'job.batchProcessed', data };
}

/** A job has come to its end: `job.completed`, or `job.failed` with dead letters. A cancelled one has no such event. */
export function jobEnded(job: string, items: JobProgress['items']): NewEvent | undefined {
  if (items.cancelled > 0) return undefined;
  const end = items.failed > 0 ? 'failed' : 'completed';
  return { id: `${job}:${end}`, type: `job.${end}`, data: { job, completed: items.completed, failed: items.failed } };
}
