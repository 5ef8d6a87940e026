import { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionJob } from '../collection/collect-all.ts';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import type { Streams } from './output.ts';
import { createProgress, type EndedSeries } from './progress.ts';

export interface DaemonCollection {
  readonly jobs: readonly CollectionJob[];
  /** The vendor that was asked for, where one was. */
  readonly vendor: string | undefined;
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Is told the source before anything is collected. */
  readonly onSource: (source: string) => Promise<void>;
}

/** Lets the daemon collect, and gives the rows of what ended, in the order of the jobs. An abort cancels the job there. */
export async function collectByDaemon<Row extends EndedSeries>(
  daemon: DaemonClient,
  options: DaemonCollection,
): Promise<Row[]> {
  const { jobs, vendor, streams, signal, onSource } = options;
  await onSource(await daemonSource(daemon, vendor));
  const symbols = jobs.map(({ symbol }) => symbol);
  const { symbol: _, ...shared } = jobs[0] as CollectionJob;
  const { id } = await daemon.post<{ id: string }>('/api/v1/collections', { symbols, ...shared });
  const path = `/api/v1/collections/${id}`;
  const cancel = (): void => void daemon.delete(path).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const progress = createProgress(jobs.length, streams);
  const rows: Row[] = [];
  try {
    for await (const { event, data } of daemon.events(`${path}/events`)) {
      if (event !== 'outcome') continue;
      const row: Row = JSON.parse(data);
      progress.ended({ ...row, month: shared.month });
      rows.push(row);
    }
  } finally {
    progress.stop();
    signal.removeEventListener('abort', cancel);
  }
  return rows.toSorted((a, b) => symbols.indexOf(a.symbol) - symbols.indexOf(b.symbol));
}

/** The source that the daemon collects from. @throws ServiceError where another vendor was asked for. */
export async function daemonSource(daemon: DaemonClient, vendor: string | undefined): Promise<string> {
  const { source } = await daemon.get<{ source: string }>('/');
  if (vendor !== undefined && source !== vendor && !source.startsWith(`${vendor}_`)) throw otherVendor(source);
  return source;
}

/** A daemon collects from somewhere else than was asked for. */
function otherVendor(source: string): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidOption',
    message: `the daemon that holds the data directory collects from ${source}: leave out --source, or stop the daemon`,
  });
}
