import { setTimeout as pause } from 'node:timers/promises';
import { barInterval } from '../measure/bars.ts';
import type { Daemon } from './daemon.ts';
import { barsOfAnswer } from './vendor.ts';

/** Collections that a daemon is asked for while something else is measured. */
export interface Ingestion {
  /** Ends it and gives what it did. */
  stop(): Promise<Ingested>;
}

export interface Ingested {
  readonly barsPerSecond: number;
  /** What the daemon said was stored, by symbol. */
  readonly stored: ReadonlyMap<string, number>;
}

interface Job {
  readonly id: string;
  readonly finishedAt: string | null;
  readonly results: readonly { readonly symbol: string; readonly stored: number; readonly error: unknown }[];
}

let symbols = 0;

/**
 * Lets a daemon collect series that it does not have yet: so many bars a second, or as many as it can. A pace that the
 * daemon cannot keep shows in what was stored.
 */
export function startIngestion(daemon: Daemon, pace: number | 'full'): Ingestion {
  const began = performance.now();
  const stored = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let failure: unknown;
  const collect = async (): Promise<void> => {
    symbols += 1;
    try {
      const { id } = await post(daemon, { symbols: [`NEW${symbols}`], interval: barInterval, outputSize: 'full' });
      // Its events end with the job.
      await (await fetch(new URL(`/api/v1/collections/${id}/events`, daemon.address), { signal: daemon.ended })).text();
      const job = await daemon.get<Job>(`/api/v1/collections/${id}`);
      for (const { symbol, stored: bars, error } of job.results) {
        if (error !== null) throw new Error(`a collection failed: ${JSON.stringify(error)}`);
        stored.set(symbol, bars);
      }
    } catch (error) {
      failure ??= error;
    }
  };
  const loop = async (): Promise<void> => {
    for (let at = 1; !stopped && failure === undefined; at += 1) {
      const one = collect().finally(() => underWay.delete(one));
      underWay.add(one);
      if (pace === 'full') {
        if (underWay.size >= concurrent) await Promise.race(underWay);
      } else {
        await pause(Math.max(0, began + (at * barsOfAnswer * 1000) / pace - performance.now()));
        // What is late is not caught up with: that would be no pace.
        while (!stopped && underWay.size >= concurrent) await Promise.race(underWay);
      }
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped = true;
      // Of a daemon that was killed nothing is to be waited for.
      if (!daemon.ended.aborted) {
        await running;
        await Promise.all(underWay);
        if (failure !== undefined) throw failure;
      }
      const seconds = (performance.now() - began) / 1000;
      const bars = [...stored.values()].reduce((sum, each) => sum + each, 0);
      return { barsPerSecond: bars / seconds, stored };
    },
  };
}

/** As many collections at once as the daemon does at once by default. */
const concurrent = 5;

async function post(daemon: Daemon, body: unknown): Promise<Job> {
  const answer = await fetch(new URL('/api/v1/collections', daemon.address), {
    method: 'POST',
    signal: daemon.ended,
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 202) throw new Error(`a collection was not taken: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Job;
}
