import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BarBatchRow, barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { BarBatch, Interval } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EmbeddedEngine } from '../src/engine/embedded-engine.ts';
import { type BarFileFormat, type BarSelection, barFileFormats, createDatabaseManager } from '../src/index.ts';
import { barFileColumns } from '../src/transfer/bar-file-columns.ts';

vi.setConfig({ testTimeout: 60_000 });

// Braces and stars are patterns to the engine, and must be plain characters in the paths of files.
const base = await mkdtemp(join(tmpdir(), "transfer o'clock-"));
const root = join(base, 'year=1 {a,b}*?');
await mkdir(root);
const clock = new VirtualClock({ autoAdvance: true });
const dataDirectory = join(base, 'data');
const manage = (database: string): ReturnType<typeof createDatabaseManager> =>
  createDatabaseManager({ clock, clickhouse: { dataDirectory, database } });
const origin = manage('origin');
const copies = barFileFormats.map((format) => ({ format, manager: manage(`copy_${format}`) }));
const managers = [origin, ...copies.map(({ manager }) => manager)];
let engine: EmbeddedEngine;

beforeAll(async () => {
  for (const manager of managers) await manager.runMigrations();
  engine = await EmbeddedEngine.open({ dataDirectory, clock, lockTimeoutMs: 0, command: 'test' });
});

afterAll(async () => {
  await engine.close();
  for (const manager of managers) await manager.close();
  await rm(base, { recursive: true });
});

async function store(batch: BarBatch, acceptedAt: number): Promise<void> {
  await origin.clickhouse.insertMarketData(batch, { batchId: randomUUID(), acceptedAt });
}

async function exported(selection: BarSelection, format: BarFileFormat, directory: string): Promise<string[]> {
  const files: string[] = [];
  for (const partition of await origin.transfer.partitions(selection)) {
    files.push((await origin.transfer.exportPartition(partition, selection, { directory, format })).path);
  }
  return files;
}

/** Everything that a database holds of a symbol, every column, every version. */
async function everything(database: string, symbol: string): Promise<unknown[]> {
  return await engine.rows(`SELECT * FROM ${database}.bars WHERE symbol = {symbol:String} ORDER BY ALL`, { symbol });
}

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.stringMatching(/^\d{0,18}$/))
  .map(([whole, fraction]) => (fraction === '' ? `${whole}` : `${whole}.${fraction}`));

const start = Date.UTC(2023, 11, 29, 14, 30);

function history(interval: Interval): fc.Arbitrary<{ rows: BarBatchRow[]; acceptedAt: number; volume: boolean }[]> {
  const step = interval === 'daily' ? 86_400_000 : 300_000;
  const row = fc.record({
    close: decimal,
    high: decimal,
    qualityScore: fc.integer({ min: 0, max: 100 }),
    volume: decimal,
    brokenRules: fc.subarray(['low_volume', 'high_below_low']),
  });
  return fc
    .array(
      fc.record({
        bars: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 500 }), row), {
          selector: ([at]) => at,
          minLength: 1,
          maxLength: 8,
        }),
        acceptedAt: fc.integer({ min: start, max: start + 5 }),
        volume: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((batches) =>
      batches.map(({ bars, acceptedAt, volume }) => ({
        acceptedAt,
        volume,
        rows: bars
          .sort(([a], [b]) => a - b)
          .map(([at, { volume: amount, ...values }]) => ({
            ...values,
            openTime: start + at * step,
            ...(volume ? { volume: amount } : {}),
          })),
      })),
    );
}

describe('export and import', () => {
  it('give another database the same rows in every format, all versions and columns of them, and twice adds nothing', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom<Interval>('5min', 'daily')
          .chain((interval) => history(interval).map((batches) => ({ interval, batches }))),
        async ({ interval, batches }) => {
          const symbol = `^P/${run++}`;
          for (const { rows, acceptedAt } of batches)
            await store(barBatch({ symbol, interval, rows, lastRefreshed: `at ${acceptedAt}` }), acceptedAt);
          const expected = await everything('origin', symbol);
          expect(expected.length).toBeGreaterThan(0);
          for (const { format, manager } of copies) {
            const out = join(root, `property-${symbol.replace('/', '')}-${format}`);
            const files = await exported({ interval, symbol, allVersions: true }, format, out);
            let stored = 0;
            for (const file of files) stored += (await manager.transfer.importFile(file)).stored;
            expect(stored).toBe(expected.length);
            expect(await everything(`copy_${format}`, symbol)).toEqual(expected);
            for (const file of [...files].reverse()) {
              const again = await manager.transfer.importFile(file);
              expect(again).toEqual({ bars: again.bars, stored: 0, unchanged: again.bars });
            }
            for (const file of files) expect(await origin.transfer.importFile(file)).toMatchObject({ stored: 0 });
            expect(await everything(`copy_${format}`, symbol)).toEqual(expected);
          }
          expect(await everything('origin', symbol)).toEqual(expected);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('have every column that the table has', async () => {
    const columns = await engine.rows<{ name: string }>(
      "SELECT name FROM system.columns WHERE database = 'origin' AND table = 'bars'",
    );
    expect(barFileColumns.map(({ name }) => name).toSorted()).toEqual(columns.map(({ name }) => name).toSorted());
  });

  it('name folders as Hive does, escape symbols, and split by session date or by year', async () => {
    const rows = ['2023-12-29T14:30:00Z', '2024-01-02T14:30:00Z'].map((openTime) => ({ openTime, close: '1.5' }));
    for (const symbol of ['BRK/B', '^GSPC']) {
      await store(barBatch({ symbol, interval: '5min', source: 'vendor', rows }), 1);
      await store(barBatch({ symbol, interval: 'daily', source: 'vendor', rows }), 1);
    }
    const out = join(root, 'names');
    const files = [
      ...(await exported({ interval: '5min', source: 'vendor' }, 'parquet', out)),
      ...(await exported({ interval: 'daily', symbol: 'BRK/B' }, 'csv', out)),
      ...(await exported({ interval: 'daily', symbol: '^GSPC' }, 'json', out)),
    ];
    expect(files.map((file) => file.slice(out.length + 1))).toEqual([
      'source=vendor/interval=5min/symbol=BRK%2FB/date=2023-12-29/bars.parquet',
      'source=vendor/interval=5min/symbol=BRK%2FB/date=2024-01-02/bars.parquet',
      'source=vendor/interval=5min/symbol=%5EGSPC/date=2023-12-29/bars.parquet',
      'source=vendor/interval=5min/symbol=%5EGSPC/date=2024-01-02/bars.parquet',
      'source=vendor/interval=daily/symbol=BRK%2FB/year=2023/bars.csv',
      'source=vendor/interval=daily/symbol=BRK%2FB/year=2024/bars.csv',
      'source=vendor/interval=daily/symbol=%5EGSPC/year=2023/bars.jsonl',
      'source=vendor/interval=daily/symbol=%5EGSPC/year=2024/bars.jsonl',
    ]);
    expect(await readdir(join(out, 'source=vendor/interval=5min/symbol=BRK%2FB/date=2024-01-02'))).toEqual([
      'bars.parquet',
    ]);
  });

  it('take the newest version of each bar unless all are asked for, between the given instants', async () => {
    const times = ['2024-03-04T15:00:00Z', '2024-03-04T15:05:00Z', '2024-03-04T15:10:00Z'];
    const batch = (close: string): BarBatch =>
      barBatch({ symbol: 'VERSIONS', interval: '5min', rows: times.map((openTime) => ({ openTime, close })) });
    for (const [at, close] of ['1', '2', '1'].entries()) await store(batch(close), 1000 + at);
    const selection = { interval: '5min', symbol: 'VERSIONS' } as const;
    const written = async (more: Partial<BarSelection>): Promise<string[][]> => {
      const [file] = await exported({ ...selection, ...more }, 'csv', join(root, 'versions'));
      const [head = '', ...lines] = (await readFile(file as string, 'utf8')).replaceAll('"', '').trim().split('\n');
      const names = head.split(',');
      const at = ['open_time', 'close', 'ingested_at'].map((name) => names.indexOf(name));
      return lines.map((line) => at.map((index) => line.split(',')[index] ?? ''));
    };
    const [from, to] = [Date.parse(times[1] as string), Date.parse(times[2] as string) - 1];
    expect(await written({ from, to })).toEqual([['2024-03-04T15:05:00.000Z', '1', '1970-01-01T00:00:01.002Z']]);
    expect((await written({ from, to, allVersions: true })).map(([, close]) => close)).toEqual(['1', '2', '1']);
    expect(await written({})).toHaveLength(3);
    expect(await written({ allVersions: true })).toHaveLength(9);
  });

  it('leave out what is superseded, as a read does, unless all versions are asked for', async () => {
    const week = (openTime: string, acceptedAt: number): Promise<void> =>
      store(barBatch({ symbol: 'WEEK', interval: 'weekly', rows: [{ openTime, close: '1' }] }), acceptedAt);
    await week('2024-03-05T05:00:00Z', 1);
    await week('2024-03-08T05:00:00Z', 2);
    const selection = { interval: 'weekly', symbol: 'WEEK' } as const;
    const bars = async (more: Partial<BarSelection>): Promise<number> =>
      (await origin.transfer.partitions({ ...selection, ...more })).reduce((sum, partition) => sum + partition.bars, 0);
    expect(await bars({})).toBe(1);
    expect(await bars({ to: Date.parse('2024-03-06') })).toBe(0);
    expect(await bars({ allVersions: true })).toBe(2);
    const [file] = await exported(selection, 'csv', join(root, 'superseded'));
    expect((await readFile(file as string, 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  it('give exact decimals that a reader can use: Decimal(38, 18) in Parquet, text in CSV and JSON', async () => {
    const close = '12345678901234567890.123456789012345678';
    await store(barBatch({ symbol: 'EXACT', rows: [{ openTime: '2024-01-02T05:00:00Z', close }] }), 1);
    const out = join(root, 'exact');
    const [parquet] = await exported({ interval: 'daily', symbol: 'EXACT' }, 'parquet', out);
    const types = await engine.files.columns({ path: parquet as string, format: 'Parquet' });
    const typeOf = Object.fromEntries(types.map(({ name, type }) => [name, type]));
    expect(typeOf).toMatchObject({
      close: 'Decimal(38, 18)',
      volume: 'Nullable(Decimal(38, 18))',
      open_time: "DateTime64(3, 'UTC')",
      session_date: 'Date32',
    });
    const [csv] = await exported({ interval: 'daily', symbol: 'EXACT' }, 'csv', out);
    expect(await readFile(csv as string, 'utf8')).toContain(`"${close}",,`);
    const [json] = await exported({ interval: 'daily', symbol: 'EXACT' }, 'json', out);
    expect(JSON.parse(await readFile(json as string, 'utf8'))).toMatchObject({ close, volume: null });
  });

  it('leave the earlier file where it is when the new one cannot be written', async () => {
    await store(barBatch({ symbol: 'BLOCKED', rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1' }] }), 1);
    await writeFile(join(root, 'a-file'), '');
    const refused = exported({ interval: 'daily', symbol: 'BLOCKED' }, 'csv', join(root, 'a-file', 'out'));
    await expect(refused).rejects.toMatchObject({ kind: 'configuration', reason: 'outputUnusable' });
  });
});

describe('an import', () => {
  const good = {
    symbol: 'GOOD',
    interval: 'daily',
    source: 'fake',
    adjustment: 'raw',
    open_time: '2024-01-02T05:00:00.000Z',
    ingested_at: '2024-01-03T00:00:00.000Z',
    session_date: '2024-01-02',
    open: '1',
    high: '2',
    low: '1',
    close: '1.5',
    adjusted_close: null,
    volume: '100',
    quality_score: 100,
    bar_label: 'start',
    batch_id: '00000000-0000-4000-8000-000000000001',
    last_refreshed: '2024-01-02 16:00:00',
    broken_rules: 'low_volume high_below_low',
  };
  const { manager } = copies[0] as (typeof copies)[number];
  let file = 0;
  async function imported(name: string, content: string | Buffer): ReturnType<typeof manager.transfer.importFile> {
    const folder = join(root, `bad-${file++}`);
    await mkdir(folder);
    await writeFile(join(folder, name), content);
    return await manager.transfer.importFile(join(folder, name));
  }
  const jsonOf = (...changes: object[]): string =>
    changes.map((change) => JSON.stringify({ ...good, symbol: 'NONE', ...change })).join('\n');

  it.each<[string, string, string | Buffer]>([
    ['row 1: symbol "none" is not in upper case', 'bars.jsonl', jsonOf({ symbol: 'none' })],
    ['row 1: symbol "../X" is refused', 'bars.jsonl', jsonOf({ symbol: '../X' })],
    ['row 2: interval "2min" is unknown', 'bars.jsonl', jsonOf({}, { interval: '2min' })],
    ['row 1: source "a b" is no name of a source', 'bars.jsonl', jsonOf({ source: 'a b' })],
    ['row 1: adjustment "x" is not raw or adjusted', 'bars.jsonl', jsonOf({ adjustment: 'x' })],
    ['row 1: open "1e5" is no decimal', 'bars.jsonl', jsonOf({ open: '1e5' })],
    ['row 1: close is missing', 'bars.jsonl', jsonOf({ close: null })],
    ['row 1: volume "100000000000000000000" is no decimal', 'bars.jsonl', jsonOf({ volume: '100000000000000000000' })],
    ['row 1: quality_score "101" is no score', 'bars.jsonl', jsonOf({ quality_score: 101 })],
    ['row 1: batch_id "x" is no batch id', 'bars.jsonl', jsonOf({ batch_id: 'x' })],
    ['row 1: session_date "2024-02-30" is no date', 'bars.jsonl', jsonOf({ session_date: '2024-02-30' })],
    ['NONE has two bars of one batch at 2024-01-02', 'bars.jsonl', jsonOf({}, { close: '1.25' })],
    ['column batch_id is missing', 'bars.jsonl', JSON.stringify({ ...good, batch_id: undefined })],
    ['column extra is none that this version knows', 'bars.jsonl', jsonOf({ extra: 1 })],
    ['column interval is missing', 'bars.csv', 'symbol\nNONE\n'],
    ['it cannot be read as csv', 'bars.csv', ''],
    ['it cannot be read as json', 'bars.jsonl', '{"symbol": '],
    ['it cannot be read as parquet', 'bars.parquet', 'PAR1 and no more'],
    ['its name does not end in .parquet, .csv or .jsonl', 'bars.txt', ''],
  ])('refuses a file whose %s, names it, and stores nothing of it', async (what, name, content) => {
    const error = await imported(name, content).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'configuration', reason: 'invalidBarFile' });
    const { message } = error as Error;
    expect(message).toMatch(/^\/.*bad-\d+\/bars\.\w+ cannot be imported: [^\n]*$/);
    expect(message).toContain(what);
    expect(await everything('copy_parquet', 'NONE')).toEqual([]);
  });

  it('refuses floats in a Parquet file, whatever they look like', async () => {
    const out = join(root, 'floats.parquet');
    const columns = barFileColumns
      .map(({ name }) => (name === 'close' ? 'toFloat64(close) AS close' : name))
      .join(', ');
    const bytes: Uint8Array[] = [];
    for await (const chunk of engine.formatted(`SELECT ${columns} FROM origin.bars LIMIT 1`, 'Parquet'))
      bytes.push(chunk);
    await writeFile(out, Buffer.concat(bytes));
    await expect(manager.transfer.importFile(out)).rejects.toThrow(
      /column close has the type Float64, which is no decimal/,
    );
  });

  it('says so when a Parquet file was cut off or one of its pages was changed', async () => {
    await store(barBatch({ symbol: 'CUT', rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1' }] }), 1);
    const [path] = await exported({ interval: 'daily', symbol: 'CUT' }, 'parquet', join(root, 'cut'));
    const whole = await readFile(path as string);
    await expect(imported('bars.parquet', whole.subarray(0, -20))).rejects.toMatchObject({ reason: 'invalidBarFile' });
    expect(await imported('bars.parquet', whole)).toEqual({ bars: 1, stored: 1, unchanged: 0 });
  });

  it('reads numbers of JSON exactly, or refuses them', async () => {
    const close = '12345678901234567890.123456789012345678';
    const text = jsonOf({ symbol: 'BARE', close: '@' }).replace('"@"', close);
    await imported('bars.jsonl', text);
    const [bar] = await manager.clickhouse.getStoredBars({
      symbol: 'BARE',
      interval: 'daily',
      source: 'fake',
      adjustment: 'raw',
    });
    expect(bar?.close).toBe(close);
  });

  it('keeps a newer bar in the history when an older file is imported, as anything that is stored later', async () => {
    const text = (symbol: string, close: string, ingested: string, batch: number): string =>
      jsonOf({ symbol, close, ingested_at: ingested, batch_id: good.batch_id.replace(/1$/, String(batch)) });
    await imported('bars.jsonl', text('LATER', '2', '2024-02-01T00:00:00.000Z', 2));
    await imported('bars.jsonl', text('LATER', '1', '2024-01-01T00:00:00.000Z', 1));
    await imported('bars.jsonl', text('LATER', '1', '2024-01-01T00:00:00.000Z', 1));
    const rows = (await everything('copy_parquet', 'LATER')) as { close: string; ingested_at: string }[];
    expect(rows.map(({ close, ingested_at }) => [close, ingested_at])).toEqual([
      ['2', '2024-02-01 00:00:00.000'],
      ['1', '2024-02-01 00:00:00.001'],
    ]);
  });
});
