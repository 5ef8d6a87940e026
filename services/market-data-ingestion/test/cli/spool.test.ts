import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import { createDatabaseManager } from '@quantumtrade/database-abstraction';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, marketData, temporaryDirectory } from './command-line.ts';

const directory = await temporaryDirectory();
const data = join(directory.path, 'data');
const environment = { MARKET_DATA_DIR: data };

beforeAll(async () => {
  const clock = new VirtualClock({ start: Date.UTC(2024, 0, 3) });
  const { spool } = createDatabaseManager({ clock, clickhouse: { dataDirectory: data } });
  await spool.open();
  for (const batchId of ['first', 'second', 'third']) {
    const accepted = barBatch({ rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1' }] });
    await spool.append({ identity: { batchId, acceptedAt: 0 }, accepted, quarantined: [] });
    await clock.advance(1000);
  }
  const database = new DatabaseSync(join(data, 'spool.db'));
  database.exec("UPDATE entries SET checksum = zeroblob(32) WHERE batch_id = 'first'");
  database.close();
  await spool.peek();
  await spool.close();
});

afterAll(async () => {
  await directory.remove();
});

describe('market-data spool', () => {
  it('prints what waits and what was kept aside', async () => {
    const { status, stdout, stderr } = await marketData(['spool', '--json'], environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      waiting: 2,
      bytes: expect.any(Number),
      maxBytes: 1024 ** 3,
      oldestSpooledAt: '2024-01-03T00:00:01.000Z',
      damaged: [
        { id: 1, batchId: 'first', spooledAt: '2024-01-03T00:00:00.000Z', problem: 'the checksum does not match' },
      ],
    });
  });

  it('shows people the same', async () => {
    const { stdout } = await marketData(['spool'], environment);
    const [waiting, damaged, head, row] = lines(stdout);
    expect(waiting).toMatch(/^waiting: 2 \(\d+ of 1073741824 bytes\), the oldest since 2024-01-03T00:00:01\.000Z$/);
    expect([damaged, head]).toEqual(['damaged: 1', 'id  batch  spooled at (UTC)          problem']);
    expect(row).toBe(' 1  first  2024-01-03T00:00:00.000Z  the checksum does not match');
  });

  it('says that nothing waits in a new directory, and keeps to the configured size', async () => {
    const empty = { MARKET_DATA_DIR: join(directory.path, randomUUID()), MARKET_DATA_SPOOL__MAX_BYTES: '5000' };
    const { status, stdout } = await marketData(['spool'], empty);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'waiting: 0 (0 of 5000 bytes)\ndamaged: 0\n' });
  });
});
