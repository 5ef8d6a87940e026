import autocannon from 'autocannon';
import { firstOpenTime, storedSymbol, storedSymbols } from './fill.ts';

/** What a load got; times in milliseconds. */
export interface Reading {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
}

export type Load = 'bars' | 'latest';

/** How many bars a read asks for. */
const pageBars = 500;

/** Reads over some connections for some seconds; every answer has to be 200. */
export async function read(
  address: string,
  load: Load,
  { seconds, connections, barsPerSymbol }: { seconds: number; connections: number; barsPerSymbol: number },
): Promise<Reading> {
  const requests = Array.from({ length: 997 }, (_, at) => ({
    method: 'GET' as const,
    path: path(load, at, barsPerSymbol),
  }));
  const result = await autocannon({ url: address, connections, duration: seconds, requests, timeout: 30 });
  const { errors, non2xx, latency } = result;
  if (errors + non2xx > 0) throw new Error(`${errors} requests failed and ${non2xx} were refused`);
  return { perSecond: result.requests.average, p50: latency.p50, p99: latency.p99, requests: result.requests.total };
}

/** Spread over all symbols and their whole range, the same at each call. */
function path(load: Load, at: number, barsPerSymbol: number): string {
  const address = `/api/v1/bars/${storedSymbol((at * 31) % storedSymbols)}`;
  if (load === 'latest') return `${address}/latest?interval=1min`;
  const bar = (at * 7919) % Math.max(1, barsPerSymbol - pageBars);
  const from = new Date(firstOpenTime + bar * 60_000).toISOString();
  return `${address}?interval=1min&limit=${pageBars}&from=${from}`;
}
