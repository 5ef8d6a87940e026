import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { barBatch, batchSpoolSuite, VirtualClock } from '@quantumtrade/core-testing';
import type { SpooledBatch } from '@quantumtrade/shared-types';
import { afterAll, describe, expect, it } from 'vitest';
import { openSpoolDatabase } from '../src/spool/spool-database.ts';
import { spoolHealthCheck } from '../src/spool/spool-health.ts';
import { SqliteSpool, type SqliteSpoolOptions } from '../src/spool/sqlite-spool.ts';

const directory = await mkdtemp(join(tmpdir(), 'spool-'));
const clock = new VirtualClock();
let files = 0;

afterAll(async () => {
  await rm(directory, { recursive: true });
});

function freshPath(): string {
  files += 1;
  return join(directory, `spool-${files}.db`);
}

async function openSpool(options: Partial<SqliteSpoolOptions> = {}): Promise<SqliteSpool> {
  const spool = new SqliteSpool({ path: freshPath(), clock, maxBytes: 1024 ** 3, ...options });
  await spool.open();
  return spool;
}

function batchOf(symbol: string, rows = 1): SpooledBatch {
  const accepted = barBatch({
    symbol,
    rows: Array.from({ length: rows }, (_, i) => ({ openTime: i * 60_000, close: (Math.sin(i + 1) ** 2).toFixed(14) })),
  });
  return { identity: { batchId: randomUUID(), acceptedAt: clock.now() }, accepted, quarantined: [] };
}

/** Changes a file behind the spool's back. */
function alter(path: string, sql: string, ...values: number[]): void {
  const database = new DatabaseSync(path);
  database.prepare(sql).run(...values);
  database.close();
}

batchSpoolSuite(
  { describe, it, expect },
  {
    create: async ({ maxBytes }) => {
      const path = freshPath();
      const make = (): SqliteSpool => new SqliteSpool({ path, clock, maxBytes });
      let current = make();
      return {
        subject: current,
        reopen: async () => {
          await current.close();
          current = make();
          await current.open();
          return current;
        },
        damage: async (id) =>
          alter(path, "UPDATE entries SET payload = CAST(payload || x'00' AS BLOB) WHERE id = ?", id),
        dispose: () => current.close(),
      };
    },
  },
);

describe('an entry on the disk', () => {
  it.each([
    ['a cut payload', 'UPDATE entries SET payload = substr(payload, 1, length(payload) / 2) WHERE id = ?'],
    ['an empty payload', "UPDATE entries SET payload = x'' WHERE id = ?"],
    ['another checksum', 'UPDATE entries SET checksum = zeroblob(32) WHERE id = ?'],
    ['the id of another batch', "UPDATE entries SET batch_id = 'another' WHERE id = ?"],
    ['another series', "UPDATE entries SET series = 'MSFT daily fake raw' WHERE id = ?"],
    ['another instant', 'UPDATE entries SET accepted_at = accepted_at + 1 WHERE id = ?'],
  ])('with %s is kept aside whole, and the next one is handed out', async (_, sql) => {
    const path = freshPath();
    const spool = await openSpool({ path });
    await spool.append(batchOf('A'));
    await spool.append(batchOf('B'));
    alter(path, sql, 1);
    expect((await spool.peek())?.accepted.series.symbol).toBe('B');
    expect(await spool.damaged()).toMatchObject([{ id: 1, problem: 'the checksum does not match' }]);
    expect(await spool.stats()).toMatchObject({ entries: 1, damaged: 1 });
    await spool.close();
  });
});

describe('a file that cannot be read for a while', () => {
  it('says so, and gives every entry whole when it can be read again', async () => {
    let failing = false;
    const spool = await openSpool({
      openDatabase: (path) => {
        const database = openSpoolDatabase(path);
        return new Proxy(database, {
          get(target, name) {
            const own: unknown = Reflect.get(target, name);
            if (typeof own !== 'function') return own;
            return (...call: [string]) => {
              if (failing && name === 'prepare' && call[0].startsWith('SELECT checksum')) throw noAnswer;
              return Reflect.apply(own, target, call);
            };
          },
        });
      },
    });
    await spool.append(batchOf('A'));
    failing = true;
    await expect(spool.peek()).rejects.toMatchObject({ kind: 'database', reason: 'spoolUnavailable' });
    expect(await spool.damaged()).toEqual([]);
    failing = false;
    expect((await spool.peek())?.accepted.series.symbol).toBe('A');
    await spool.close();
  });
});

/** SQLITE_IOERR_READ: the disk did not answer. */
const noAnswer: Error = Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 266 });

describe('a disk that is full', () => {
  it('is an error to the caller, with nothing half-written, and is over when there is room', async () => {
    let limited: DatabaseSync | undefined;
    const spool = await openSpool({
      openDatabase: (path) => {
        limited = openSpoolDatabase(path);
        limited.exec('PRAGMA max_page_count = 40');
        return limited;
      },
    });
    await spool.append(batchOf('A'));
    const before = await spool.stats();
    const large = batchOf('LARGE', 20_000);
    const small = batchOf('SMALL');
    // In one commit: the small one does not fail for the large one's sake.
    const [first, second] = await Promise.allSettled([spool.append(large), spool.append(small)]);
    expect(first).toMatchObject({
      status: 'rejected',
      reason: {
        kind: 'database',
        reason: 'spoolFull',
        retryable: true,
        message: expect.stringContaining('disk is full'),
      },
    });
    expect(second.status).toBe('fulfilled');
    await expect(spool.append(large)).rejects.toMatchObject({ reason: 'spoolFull' });
    expect(await spool.stats()).toMatchObject({ entries: before.entries + 1, full: true });
    expect(await spool.isWaiting(large.accepted.series)).toBe(false);
    limited?.exec('PRAGMA max_page_count = 100000');
    await spool.append(large);
    expect(await spool.stats()).toMatchObject({ entries: 3, full: false });
    await spool.close();
  });
});

describe('a file that is no spool', () => {
  it('is refused and left as it is', async () => {
    const path = freshPath();
    await writeFile(path, 'not a database, but long enough to be taken for one: '.repeat(100));
    const failure = { kind: 'configuration', reason: 'spoolUnusable', message: expect.stringContaining(path) };
    await expect(openSpool({ path })).rejects.toMatchObject(failure);
  });
});

describe('two processes at one file', () => {
  it('append side by side, see each other, and only one may replay until it closes', async () => {
    const path = freshPath();
    const [first, second] = [await openSpool({ path }), await openSpool({ path })];
    const batches = Array.from({ length: 10 }, (_, i) => batchOf(`S${i}`));
    await Promise.all(batches.map((batch, i) => (i % 2 === 0 ? first : second).append(batch)));
    expect(await first.stats()).toEqual(await second.stats());
    expect((await first.stats()).entries).toBe(10);
    expect(await second.isWaiting(batches[0]?.accepted.series as never)).toBe(true);
    expect([await first.claimReplay(), await first.claimReplay(), await second.claimReplay()]).toEqual([
      true,
      true,
      false,
    ]);
    await first.close();
    expect(await second.claimReplay()).toBe(true);
    await second.close();
  });
});

describe('the health of a spool', () => {
  it('is degraded while batches wait, and unhealthy when there is no room left', async () => {
    const spool = await openSpool({ maxBytes: 1000 });
    const check = spoolHealthCheck(spool, clock, 'sqlite');
    const ask = async () => await check.check({ signal: new AbortController().signal });
    expect(await ask()).toEqual({ status: 'healthy', message: '', implementation: 'sqlite' });
    await spool.append(batchOf('A'));
    await clock.advance(61_000);
    expect(await ask()).toMatchObject({ status: 'degraded', message: '1 batch waits, the oldest for 61 s' });
    await expect(spool.append(batchOf('B', 100))).rejects.toMatchObject({ reason: 'spoolFull' });
    expect(await ask()).toMatchObject({ status: 'unhealthy', message: expect.stringContaining('the spool is full') });
    await spool.close();
  });
});
