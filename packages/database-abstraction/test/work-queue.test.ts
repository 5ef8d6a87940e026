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
});
