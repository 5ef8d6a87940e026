import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { afterAll, describe, expect, it } from 'vitest';
import { CollectorMemory } from '../memory/collector-memory.ts';
import { createQuota } from './create-quota.ts';
import type { Quota } from './quota.ts';

const root = mkdtempSync(join(tmpdir(), 'quota-memory-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let directories = 0;

/** A directory, and processes one after the other that use it. */
function setUp() {
  directories += 1;
  const directory = join(root, String(directories), 'made when needed');
  const start = (limits: { perMinute?: number; perDay?: number }, wall: number, account = 'a'): Quota => {
    const memory = new CollectorMemory({ directory });
    return createQuota({ ...limits, clock: new VirtualClock({ start: wall }), memory: memory.ledgerOf(account) });
  };
  return { directory, start };
}

const noon = Date.UTC(2024, 0, 2, 12);
const refused = (reason: string, retryAfterMs: number): ServiceError =>
  new ServiceError({ kind: 'rateLimit', service: 'alpha_vantage', reason, retryAfterMs, message: 'no' });

describe('a quota with a memory', () => {
  it('counts what earlier processes sent in the last 24 hours', async () => {
    const { start } = setUp();
    const first = start({ perDay: 3 }, noon);
    await first.acquire();
    await start({ perDay: 3 }, noon + 1000).acquire();
    const third = start({ perDay: 3 }, noon + 2000);
    await third.acquire({ patienceMs: 0 });
    await expect(start({ perDay: 3 }, noon + 3000).acquire({ patienceMs: 0 })).rejects.toMatchObject({
      reason: 'dailyQuota',
      retryAfterMs: 86_400_250 - 3000,
    });
    await start({ perDay: 3 }, noon + 86_400_250).acquire({ patienceMs: 0 });
  });

  it('keeps its distance from the last request of the process before', async () => {
    const { start } = setUp();
    await start({ perMinute: 60 }, noon).acquire();
    await expect(start({ perMinute: 60 }, noon + 400).acquire({ patienceMs: 0 })).rejects.toMatchObject({
      reason: 'minuteQuota',
      retryAfterMs: 605,
    });
  });

  it('remembers a refusal for the day across restarts', async () => {
    const { start } = setUp();
    const first = start({}, noon);
    await first.acquire();
    first.refused(refused('dailyQuota', 86_400_000));
    await expect(start({}, noon + 3_600_000).acquire()).rejects.toMatchObject({
      reason: 'dailyQuota',
      retryable: false,
      retryAfterMs: 82_800_000,
      message: expect.stringContaining('the vendor said'),
    });
    await start({}, noon + 86_400_000).acquire({ patienceMs: 0 });
  });

  it('holds what belongs to one key against that key alone', async () => {
    const { start } = setUp();
    const first = start({ perDay: 1 }, noon);
    await first.acquire();
    first.refused(refused('dailyQuota', 86_400_000));
    await start({ perDay: 1 }, noon, 'b').acquire({ patienceMs: 0 });
  });

  it('grants nothing extra when the wall clock was set back meanwhile', async () => {
    const { start } = setUp();
    await start({ perDay: 1 }, noon).acquire();
    await expect(start({ perDay: 1 }, noon - 3_600_000).acquire({ patienceMs: 0 })).rejects.toMatchObject({
      retryAfterMs: 86_400_250,
    });
  });

  it('works on without a file that can be used, and says so once', async () => {
    const blocked = join(root, 'a file');
    writeFileSync(blocked, '');
    const problems: Error[] = [];
    const memory = new CollectorMemory({ directory: blocked, onProblem: (error) => problems.push(error) });
    const clock = new VirtualClock({ start: noon });
    const quota = createQuota({ perDay: 1, clock, memory: memory.ledgerOf('a') });
    await quota.acquire();
    await expect(quota.acquire({ patienceMs: 0 })).rejects.toMatchObject({ reason: 'dailyQuota' });
    expect(problems).toHaveLength(1);
    memory.close();
  });

  it.skipIf(process.platform !== 'linux')('gives up at once where no directory can be made', async () => {
    const problems: Error[] = [];
    const directory = '/proc/there/is/none';
    const memory = new CollectorMemory({ directory, onProblem: (error) => problems.push(error) });
    memory.finishMonth('a', '2024-01', noon);
    expect([...memory.finishedMonths('a').keys()]).toEqual(['2024-01']);
    expect(problems).toHaveLength(1);
  });

  it('outlives a file that breaks while it is used', async () => {
    const { start, directory } = setUp();
    const quota = start({ perDay: 3 }, noon);
    await quota.acquire();
    new DatabaseSync(join(directory, 'collector.db')).exec('DROP TABLE grants; DROP TABLE holds');
    await quota.acquire();
    quota.refused(refused('dailyQuota', 1000));
    await expect(quota.acquire()).rejects.toMatchObject({ reason: 'dailyQuota' });
  });
});
