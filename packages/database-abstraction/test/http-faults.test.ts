import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouseFront,
  type Fault,
  type FaultProxy,
  startClickHouseFront,
  startFaultProxy,
} from '@quantumtrade/clickhouse-front';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import { isServiceError, Redacted, type ServiceError } from '@quantumtrade/core-traits';
import type { BarBatch, BatchIdentity } from '@quantumtrade/shared-types';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpEngine } from '../src/engine/http-engine.ts';
import { createDatabaseManager, type DatabaseManager, type DatabaseManagerOptions } from '../src/index.ts';
import { runMigrations } from '../src/migrations/run-migrations.ts';

const password = 'canary-of-the-password';
const directory = await mkdtemp(join(tmpdir(), 'clickhouse-faults-'));
const clock = new VirtualClock({ autoAdvance: true });
let front: ClickHouseFront;
let proxy: FaultProxy;
/** Sends nothing twice by itself. */
let manager: DatabaseManager;
/** The same, and waits no longer for an answer than a busy machine needs. */
let impatient: DatabaseManager;
/** Sends again what may be sent again. */
let persistent: DatabaseManager;

function manage(url: string, options: Partial<DatabaseManagerOptions['clickhouse']> = {}): DatabaseManager {
  return createDatabaseManager({ clock, clickhouse: { url, password: new Redacted(password), ...options } });
}

beforeAll(async () => {
  front = await startClickHouseFront({ directory, password });
  proxy = await startFaultProxy(front.url);
  manager = manage(proxy.url, { retries: 0 });
  impatient = manage(proxy.url, { retries: 0, queryTimeoutMs: 700 });
  persistent = manage(proxy.url);
  await persistent.runMigrations();
  await manager.connect();
  await impatient.connect();
});
afterEach(() => proxy.script(() => undefined));
afterAll(async () => {
  await manager.close();
  await impatient.close();
  await persistent.close();
  await proxy.close();
  await front.close();
  await rm(directory, { recursive: true });
});

let symbols = 0;

function whoMeets({ fault }: Fault): DatabaseManager {
  return fault === 'applyThenTimeOut' ? impatient : manager;
}

/** A batch of a series of its own, with the identity of its first insert. */
function fresh(): { readonly batch: BarBatch; readonly identity: BatchIdentity } {
  symbols += 1;
  const rows = [
    { openTime: '2024-01-02T14:30:00Z', close: '10' },
    { openTime: '2024-01-02T14:31:00Z', close: '11.5' },
    { openTime: '2024-01-02T14:32:00Z', close: '12' },
  ];
  const batch = barBatch({ symbol: `FAULT${symbols}`, rows });
  return { batch, identity: { batchId: randomUUID(), acceptedAt: clock.now() } };
}

/** Does this to inserts of bars, so many times. */
function failInserts(fault: Fault, times = 1): void {
  let left = times;
  proxy.script(({ sql }) => (/^INSERT INTO \w+\.bars/.test(sql) && left-- > 0 ? fault : undefined));
}

async function failureOf(promise: Promise<unknown>): Promise<ServiceError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isServiceError(error)) throw new Error('a ServiceError was expected', { cause: error });
  expect(JSON.stringify(error)).not.toContain(password);
  expect(error.message).toMatch(/^[^\n]+$/);
  return error;
}

async function storedVersions(batch: BarBatch): Promise<number> {
  const { symbol } = batch.series;
  const body = `SELECT count() FROM market_data.bars WHERE symbol = '${symbol}'`;
  const headers = { 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': password };
  return Number(await (await fetch(front.url, { method: 'POST', headers, body })).text());
}

const exception = 'Code: 241. DB::Exception: Memory limit (total) exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.7.2.1)';

const unreachable = 'Code: 279. DB::Exception: All connection tries failed. (ALL_CONNECTION_TRIES_FAILED)';

/** Each fault of an insert, and how many bars are stored when its error comes. */
const faults: readonly [string, Fault, number][] = [
  ['is reset before the server sees it', { fault: 'reset' }, 0],
  ['is cut in the middle of its data', { fault: 'cutRequest' }, 0],
  ['is stored and the connection reset', { fault: 'applyThenReset' }, 3],
  ['is stored and never answered', { fault: 'applyThenTimeOut' }, 3],
  ['is stored and answered with a late exception', { fault: 'exceptionInBody', exception, tag: 'abcdefghijklmnop' }, 3],
  ['is stored and answered with the exception of an old server', { fault: 'exceptionInBody', exception }, 3],
  ['meets a load balancer without a server', { fault: 'answer', status: 503, body: '<html>no server</html>' }, 0],
  ['is refused for lack of memory', { fault: 'answer', status: 500, body: exception }, 0],
  ['finds no replica of its shard', { fault: 'answer', status: 500, body: unreachable }, 0],
];

describe('an insert that', () => {
  it.each(faults)('%s is a retryable error, and its retry leaves each bar once', async (_, fault, storedBefore) => {
    const { batch, identity } = fresh();
    failInserts(fault);
    const error = await failureOf(whoMeets(fault).clickhouse.insertMarketData(batch, identity));
    expect(error).toMatchObject({ kind: 'database', retryable: true });
    expect(await storedVersions(batch)).toBe(storedBefore);

    expect(await manager.clickhouse.insertMarketData(batch, identity)).toEqual({ stored: 3, unchanged: 0 });
    expect(await storedVersions(batch)).toBe(3);
    expect(await manager.clickhouse.getStoredBars(batch.series)).toHaveLength(3);
  });

  it.each([['reset'], ['cutRequest'], ['applyThenReset']] as const)(
    'has a broken connection (%s) up to three times is sent again by itself',
    async (fault) => {
      const { batch, identity } = fresh();
      failInserts({ fault }, 3);
      expect(await persistent.clickhouse.insertMarketData(batch, identity)).toEqual({ stored: 3, unchanged: 0 });
      expect(await storedVersions(batch)).toBe(3);
    },
  );

  it('has a broken connection more often is an error, not an endless loop', async () => {
    const { batch, identity } = fresh();
    failInserts({ fault: 'reset' }, 4);
    const error = await failureOf(persistent.clickhouse.insertMarketData(batch, identity));
    expect(error).toMatchObject({ reason: 'unavailable', retryable: true });
    expect(await storedVersions(batch)).toBe(0);
  });

  it('was not answered and is followed by a batch with other values keeps both, each once', async () => {
    const { batch, identity } = fresh();
    failInserts({ fault: 'applyThenTimeOut' });
    await failureOf(impatient.clickhouse.insertMarketData(batch, identity));
    const { symbol } = batch.series;
    const corrected = barBatch({ symbol, rows: [{ openTime: '2024-01-02T14:31:00Z', close: '99' }] });
    const correction = { batchId: randomUUID(), acceptedAt: clock.now() };
    expect(await manager.clickhouse.insertMarketData(corrected, correction)).toEqual({ stored: 1, unchanged: 0 });
    // The late retry of the first batch finds its own rows below the correction.
    expect(await manager.clickhouse.insertMarketData(batch, identity)).toEqual({ stored: 3, unchanged: 0 });
    expect(await storedVersions(batch)).toBe(4);
    const closes = (await manager.clickhouse.getMarketData(batch.series)).map(({ close }) => close.toString());
    expect(closes).toEqual(['10', '99', '12']);
  });

  it('arrives only after its retry was stored leaves each bar once', async () => {
    const { batch, identity } = fresh();
    failInserts({ fault: 'delay', milliseconds: 1000 });
    const applied = proxy.nextApplied();
    await failureOf(impatient.clickhouse.insertMarketData(batch, identity));
    expect(await manager.clickhouse.insertMarketData(batch, identity)).toEqual({ stored: 3, unchanged: 0 });
    await applied;
    expect(await storedVersions(batch)).toBe(3);
  });

  it('is delayed is waited for', async () => {
    const { batch, identity } = fresh();
    failInserts({ fault: 'delay', milliseconds: 30 });
    expect(await manager.clickhouse.insertMarketData(batch, identity)).toEqual({ stored: 3, unchanged: 0 });
  });

  it('the engine refuses for good is not retryable', async () => {
    const { batch, identity } = fresh();
    const body = 'Code: 60. DB::Exception: Table market_data.bars does not exist. (UNKNOWN_TABLE)';
    failInserts({ fault: 'answer', status: 404, body });
    const error = await failureOf(manager.clickhouse.insertMarketData(batch, identity));
    expect(error).toMatchObject({ kind: 'database', reason: 'refused', retryable: false });
  });

  it('of quarantined rows is answered by nobody leaves them once after the retry', async () => {
    const { batch, identity } = fresh();
    const row = { label: '2024-01-02', values: { open: 'x' }, qualityScore: 0, brokenRules: ['open'] };
    const insert = (): Promise<void> => impatient.clickhouse.insertQuarantine(batch.series, [row], identity);
    let left = 1;
    proxy.script(({ sql }) => (sql.startsWith('INSERT') && left-- > 0 ? { fault: 'applyThenTimeOut' } : undefined));
    await failureOf(insert());
    await insert();
    expect(await manager.clickhouse.getQuarantine({ symbol: batch.series.symbol })).toHaveLength(1);
  });
});

describe('a read that', () => {
  /** Does this to reads of bars, so many times. */
  const failReads = (fault: Fault, times = 1): void => {
    let left = times;
    proxy.script(({ sql }) => (sql.startsWith('SELECT') && left-- > 0 ? fault : undefined));
  };

  it.each<[string, Fault, string]>([
    ['ends in the middle', { fault: 'cutAnswer' }, 'unavailable'],
    ['ends in a marked exception', { fault: 'exceptionInBody', exception, tag: 'abcdefghijklmnop' }, 'refused'],
    ['ends in an exception of an old server', { fault: 'exceptionInBody', exception }, 'refused'],
    ['is never answered', { fault: 'applyThenTimeOut' }, 'unavailable'],
  ])('%s is an error and never a part of the rows', async (_, fault, reason) => {
    const { batch, identity } = fresh();
    await manager.clickhouse.insertMarketData(batch, identity);
    failReads(fault);
    expect(await failureOf(whoMeets(fault).clickhouse.getStoredBars(batch.series))).toMatchObject({
      reason,
      retryable: true,
    });
    // The comparison before an insert reads in the binary format.
    failReads(fault, 2);
    expect(await failureOf(whoMeets(fault).clickhouse.insertMarketData(batch, identity))).toMatchObject({ reason });
    expect(await storedVersions(batch)).toBe(3);
  });

  it('is cut off three times is asked again by itself', async () => {
    const { batch, identity } = fresh();
    await manager.clickhouse.insertMarketData(batch, identity);
    failReads({ fault: 'cutAnswer' }, 3);
    expect(await persistent.clickhouse.getStoredBars(batch.series)).toHaveLength(3);
  });

  it('is given up ends at once with the reason of its signal', async () => {
    const caller = new AbortController();
    const { batch } = fresh();
    failReads({ fault: 'applyThenTimeOut' });
    const before = proxy.requests.length;
    const read = persistent.clickhouse.getStoredBars(batch.series, { signal: caller.signal });
    while (proxy.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
    caller.abort('enough');
    await expect(read).rejects.toBe('enough');
  });
});

describe('connecting to', () => {
  const connecting = (
    url: string,
    options: Partial<DatabaseManagerOptions['clickhouse']> = {},
  ): Promise<ServiceError> => failureOf(manage(url, options).connect());

  it('a port where nothing listens says so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const error = await connecting(`http://127.0.0.1:${port}`);
    expect(error).toMatchObject({ kind: 'database', reason: 'unavailable', retryable: true });
    expect(error.message).toContain(
      `nothing answers at http://127.0.0.1:${port} (ECONNREFUSED): start the ClickHouse server`,
    );
  });

  it('a host that nobody knows says so', async () => {
    const error = await connecting('http://no-such-host.invalid:8123');
    expect(error).toMatchObject({ kind: 'database', reason: 'unavailable' });
    expect(error.message).toContain('the host of http://no-such-host.invalid:8123 is not known');
  });

  it('a server that refuses the password names the user and the settings, and no password', async () => {
    const error = await connecting(front.url, { password: new Redacted(`not ${password}`) });
    expect(error).toMatchObject({ kind: 'configuration', reason: 'databaseCredentials' });
    expect(error.message).toContain('refuses user default: correct CLICKHOUSE_USER and CLICKHOUSE_PASSWORD');
  });

  it.each<[string, Fault]>([
    ['a web server', { fault: 'answer', status: 200, body: '<html>hello</html>' }],
    ['a web server without that page', { fault: 'answer', status: 404, body: '<html>not found</html>' }],
    ['a server with other rows', { fault: 'answer', status: 200, body: '{"hello":1}\n' }],
  ])('%s says that it is no ClickHouse', async (_, fault) => {
    proxy.script(() => fault);
    const error = await connecting(proxy.url);
    expect(error).toMatchObject({ kind: 'configuration', reason: 'notClickHouse' });
    expect(error.message).toContain('is no ClickHouse HTTP interface: correct clickhouse.url');
  });

  it('a port that speaks something else says that it is no ClickHouse', async () => {
    const server = createServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    expect(await connecting(`http://127.0.0.1:${port}`)).toMatchObject({ reason: 'notClickHouse' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('a port that lets nobody in is given up after the time of a connection, not of a query', async () => {
    // It never says a word of the handshake that https begins with.
    const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const error = await connecting(`https://127.0.0.1:${port}`, { connectTimeoutMs: 30 });
    expect(error).toMatchObject({ kind: 'database', reason: 'unavailable', retryable: true });
    expect(error.message).toContain('(ECONNECTTIMEOUT)');
    await new Promise((resolve) => server.close(resolve));
  });

  it('a server that never answers is given up after the time of a query', async () => {
    proxy.script(() => ({ fault: 'applyThenTimeOut' }));
    const error = await connecting(proxy.url, { queryTimeoutMs: 50 });
    expect(error).toMatchObject({ kind: 'database', reason: 'unavailable', retryable: true });
  });

  it.each([
    'localhost:8123',
    'ftp://localhost',
    `http://default:${password}@localhost`,
    'http://localhost/db',
    'http://h?a=1',
  ])('%s is refused as no address', async (url) => {
    const error = await connecting(url);
    expect(error).toMatchObject({ kind: 'configuration', reason: 'invalidDatabaseUrl' });
  });

  it('one that was not there succeeds when it is', async () => {
    const late = manage(proxy.url);
    proxy.script(() => ({ fault: 'reset' }));
    expect(await failureOf(late.connect())).toMatchObject({ kind: 'database', retryable: true });
    proxy.script(() => undefined);
    await late.connect();
    await late.close();
  });
});

describe('a manager', () => {
  it('has a health check that fails while the server does, and recovers with it', async () => {
    const check = manager.healthChecks.find(({ name }) => name === 'clickhouse');
    const signal = new AbortController().signal;
    proxy.script(() => ({ fault: 'reset' }));
    expect(await failureOf(Promise.resolve(check?.check({ signal })))).toMatchObject({ reason: 'unavailable' });
    proxy.script(() => undefined);
    expect(await check?.check({ signal })).toMatchObject({ status: 'healthy', implementation: 'server' });
  });

  it('migrates beside another one, and each migration is recorded once as read', async () => {
    const migrators = ['a', 'b', 'c'].map(() => manage(front.url, { database: 'contested' }));
    const reports = await Promise.all(migrators.map((migrator) => migrator.runMigrations()));
    const again = await (migrators[0] as DatabaseManager).runMigrations();
    expect(again.map(({ appliedNow }) => appliedNow)).toEqual(again.map(() => false));
    for (const report of reports) expect(report.map(({ id }) => id)).toEqual(again.map(({ id }) => id));
    const { batch, identity } = fresh();
    const stores = migrators.map(({ clickhouse }) => clickhouse);
    await stores[0]?.insertMarketData(batch, identity);
    expect(await stores[1]?.getStoredBars(batch.series)).toHaveLength(3);
    for (const migrator of migrators) await migrator.close();
  });

  it('creates and alters beside others without a collision', async () => {
    const steps = [
      'CREATE TABLE IF NOT EXISTS {database}.a (x UInt8) ENGINE = MergeTree ORDER BY x',
      'ALTER TABLE {database}.a ADD COLUMN IF NOT EXISTS y UInt8 DEFAULT 7, ADD COLUMN IF NOT EXISTS z String',
    ].map((statement, index) => ({ id: index + 1, name: `step ${index + 1}`, statements: [statement] }));
    const server = { url: front.url, username: 'default', password: new Redacted(password) };
    const limits = { connectTimeoutMs: 30_000, queryTimeoutMs: 60_000, maxConnections: 10, retries: 0 };
    const engines = await Promise.all([1, 2, 3, 4].map(() => HttpEngine.open({ ...server, ...limits, clock })));
    const migrate = (engine: HttpEngine) => runMigrations({ engine, database: 'altered', migrations: steps, clock });
    await Promise.all(engines.map(migrate));
    expect((await migrate(engines[0] as HttpEngine)).map(({ appliedNow }) => appliedNow)).toEqual([false, false]);
    for (const engine of engines) await engine.close();
  });

  it('takes databases of their own on one server', async () => {
    const [one, two] = [manage(front.url, { database: 'one' }), manage(front.url, { database: 'two' })];
    await Promise.all([one.runMigrations(), two.runMigrations()]);
    const { batch, identity } = fresh();
    await one.clickhouse.insertMarketData(batch, identity);
    expect(await one.clickhouse.getStoredBars(batch.series)).toHaveLength(3);
    expect(await two.clickhouse.getStoredBars(batch.series)).toEqual([]);
    await one.close();
    await expect(two.clickhouse.getQuarantine()).resolves.toEqual([]);
    await two.close();
  });

  it('refuses a cluster without a server, and a name that is none', () => {
    const make = (clickhouse: DatabaseManagerOptions['clickhouse']) => () =>
      createDatabaseManager({ clock, clickhouse });
    expect(make({ cluster: 'c' })).toThrow(/clickhouse.cluster must be a name/);
    expect(make({ url: 'http://localhost', cluster: "c' (" })).toThrow(/clickhouse.cluster must be a name/);
  });
});
