import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { barBatch, InMemorySpool, VirtualClock } from '@quantumtrade/core-testing';
import { createDatabaseManager } from '@quantumtrade/database-abstraction';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleSpool } from '../../src/cli/settle-spool.ts';
import { capture } from './capture.ts';
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

describe('a command after an outage', () => {
  it('says that bars are missing, stores all that waits, and says so', async () => {
    const later = { MARKET_DATA_DIR: join(directory.path, randomUUID()) };
    const { spool } = createDatabaseManager({
      clock: new VirtualClock(),
      clickhouse: { dataDirectory: later.MARKET_DATA_DIR },
    });
    await spool.open();
    for (const symbol of ['IBM', 'MSFT', 'GOOGL', 'TSLA']) {
      const accepted = barBatch({ symbol, rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1' }] });
      await spool.append({ identity: { batchId: randomUUID(), acceptedAt: 0 }, accepted, quarantined: [] });
    }
    await spool.close();
    const query = ['query', 'TSLA', '--interval', 'daily', '--source', 'fake'];
    const missing = await marketData([...query, '--json'], later);
    expect(missing).toMatchObject({ status: 0, stdout: '[]\n' });
    expect(missing.stderr).toBe('newer bars of this series wait in the spool: the next collect stores them\n');
    const collected = await marketData(['collect', 'AAPL', '--interval', 'daily', '--json'], later);
    expect(collected.status).toBe(0);
    expect(JSON.parse(collected.stdout)).toHaveLength(1);
    expect(lines(collected.stderr)).toContain('4 batches that had waited in the spool: stored');
    const { stdout, stderr } = await marketData([...query, '--json'], later);
    expect({ stderr, bars: JSON.parse(stdout) }).toMatchObject({ stderr: '', bars: [{ symbol: 'TSLA', close: '1' }] });
  });

  it('does not wait where it had to spool itself, and says what waits', async () => {
    const [spool, clock, error] = [new InMemorySpool(), new VirtualClock(), capture()];
    await spool.open();
    const before = await spool.stats();
    await spool.append({
      identity: { batchId: 'own', acceptedAt: 0 },
      accepted: barBatch({ rows: [] }),
      quarantined: [],
    });
    const { signal } = new AbortController();
    await settleSpool({ spool, clock, streams: { error }, before, added: 1, signal });
    expect(error.text()).toBe(
      '1 batch in the spool until the database is back: the next collect stores them, see market-data spool\n',
    );
  });

  it('waits no longer than two seconds for a replay that makes no progress', async () => {
    const [spool, clock, error] = [new InMemorySpool(), new VirtualClock(), capture()];
    await spool.open();
    await spool.append({
      identity: { batchId: 'held', acceptedAt: 0 },
      accepted: barBatch({ rows: [] }),
      quarantined: [],
    });
    const before = await spool.stats();
    const { signal } = new AbortController();
    const settled = settleSpool({ spool, clock, streams: { error }, before, added: 0, signal });
    await clock.advance(2_000);
    await settled;
    expect(error.text()).toMatch(/^1 batch in the spool until/);
    expect(clock.sleepers).toBe(0);
  });
});
