import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAlphaVantageSandbox, startSandboxServer } from '@quantumtrade/vendor-sandbox';
import type { QuotaLimits } from '../../../src/quota/rate-plan.ts';
import { connectRedisScripts } from '../../../src/quota/redis-scripts.ts';
import { startRedisServer } from './redis-server.ts';

/** What the vendor saw of two processes that share a key. */
export interface Seen {
  /** Requests that it refused for their rate. */
  readonly refused: number;
  /** Requests of each process, as they counted them. */
  readonly sent: readonly number[];
  /** When they were let go, by the clock of the Redis server, in milliseconds and in order. */
  readonly grants: readonly number[];
  /** The part of what the limits allow that was used between the first and the last request. */
  readonly used: number;
  /** From the first to the last request, in milliseconds. */
  readonly spanMs: number;
}

/**
 * Runs two processes against one vendor that enforces the limits, and one Redis.
 *
 * @param scale how long a second of the limits takes, as a part of a real one.
 */
export async function runTwoProcesses(
  limits: QuotaLimits & { readonly perMinute: number },
  { scale, milliseconds }: { readonly scale: number; readonly milliseconds: number },
): Promise<Seen> {
  const redis = await startRedisServer();
  const { perSecond, perMinute } = limits;
  const vendorQuota = { perMinute, ...(perSecond === undefined ? {} : { perSecond }) };
  const began = Date.now();
  // The vendor's own clock runs faster by the scale: its windows are the real ones.
  const now = (): number => began + (Date.now() - began) / scale;
  const vendor = createAlphaVantageSandbox({ now, quota: vendorQuota });
  const times: number[] = [];
  let refused = 0;
  const server = await startSandboxServer({
    ...vendor,
    handle: (request) => {
      times.push(Date.now());
      const answer = vendor.handle(request);
      if (answer.body.includes('"Information"') && !answer.body.includes('Time Series')) refused += 1;
      return answer;
    },
  });
  try {
    const url = `${server.url}?function=TIME_SERIES_DAILY&symbol=IBM&apikey=shared`;
    const words = [redis.path, url, JSON.stringify(limits), String(scale), String(milliseconds)];
    const spend = join(import.meta.dirname, 'spend.ts');
    const outputs = await Promise.all(
      [0, 1].map(() =>
        promisify(execFile)(process.execPath, ['--conditions=@quantumtrade/source', spend, ...words], {
          timeout: milliseconds + 60_000,
        }),
      ),
    );
    const sent = outputs.map(({ stdout }) => (JSON.parse(stdout.split('\n')[1] ?? '') as { sent: number }).sent);
    const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
    return {
      refused,
      sent,
      spanMs,
      grants: await grantsIn(redis.path),
      used: (times.length - 1) / ((spanMs / (60_000 * scale)) * perMinute),
    };
  } finally {
    await server.close();
    await redis.remove();
  }
}

async function grantsIn(path: string): Promise<number[]> {
  const scripts = connectRedisScripts(path);
  try {
    const script = `return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')`;
    const words = (await scripts.run(script, ['market-data:quota:{two-processes}:requests'], [])) as string[];
    return words.filter((_, index) => index % 2 === 1).map(Number);
  } finally {
    await scripts.close();
  }
}
