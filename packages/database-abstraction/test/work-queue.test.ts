import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock, workQueueSuite } from '@quantumtrade/core-testing';
import { afterAll, describe, expect, it } from 'vitest';
import { SqliteWorkQueue } from '../src/work/sqlite-work-queue.ts';

const directory = mkdtempSync(join(tmpdir(), 'work-queue-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;

describe('SqliteWorkQueue', () => {
  workQueueSuite(
    { describe, it, expect },
    {
      create: async () => {
        const clock = new VirtualClock({ start: Date.now() });
        const subject = new SqliteWorkQueue({ file: join(directory, `${++files}.db`), clock });
        return { subject, dispose: () => subject.close(), advance: (milliseconds) => clock.advance(milliseconds) };
      },
    },
  );

  it('takes clocks and instants with fractions of a millisecond', async () => {
    const clock = { now: () => 1_700_000_000_000.75 };
    const queue = new SqliteWorkQueue({ file: join(directory, `${++files}.db`), clock });
    await queue.add([{ id: 'one', group: 'job', payload: null }]);
    const claimed = await queue.claim({ leaseMs: 1_000.5 });
    if (claimed === undefined) throw new Error('nothing could be claimed');
    expect(await queue.progress(claimed, { leaseMs: 10.1 })).toBe(true);
    const failure = { kind: 'system', message: 'failed' };
    expect(await queue.fail(claimed, { failure, retryAt: clock.now() - 5 })).toBe('retried');
    expect((await queue.claim({ leaseMs: 1 }))?.id).toBe('one');
    await queue.close();
  });
});
