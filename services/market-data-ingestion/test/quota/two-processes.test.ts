import { describe, expect, it } from 'vitest';
import { mostIn } from './support/ledger-laws.ts';
import { redisPresent } from './support/redis-server.ts';
import { runTwoProcesses } from './support/two-processes.ts';

describe.skipIf(!redisPresent)('two processes on one key (redis-server absent)', () => {
  it('never exceed the limit of a minute together, here of 2 s', { timeout: 60_000 }, async () => {
    // A day that is longer than the test keeps all times in Redis. When requests arrive depends on how busy the machine
    // is; when they were let go does not. The long profile has a vendor that counts arrivals.
    const limits = { perMinute: 30, perDay: 10_000 };
    const { sent, grants } = await runTwoProcesses(limits, { scale: 1 / 30, milliseconds: 4000 });
    expect(sent.reduce((sum, count) => sum + count, 0)).toBe(grants.length);
    expect(grants.length).toBeGreaterThan(30);
    expect(mostIn(grants, 2000)).toBeLessThanOrEqual(30);
    for (const count of sent) expect(count).toBeGreaterThan(0);
  });
});
