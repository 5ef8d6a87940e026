import { expect, it } from 'vitest';
import { redisPresent } from './support/redis-server.ts';
import { runTwoProcesses } from './support/two-processes.ts';

it.skipIf(!redisPresent)(
  'two processes on one key are never refused in 90 s, and together use at least 95% (redis-server absent)',
  { timeout: 240_000 },
  async () => {
    const seen = await runTwoProcesses({ perSecond: 5, perMinute: 150 }, { scale: 1, milliseconds: 90_000 });
    const { grants: _, ...figures } = seen;
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(seen.refused).toBe(0);
    expect(seen.spanMs).toBeGreaterThan(80_000);
    expect(seen.used).toBeGreaterThanOrEqual(0.95);
    for (const count of seen.sent) expect(count).toBeGreaterThan(0);
  },
);
