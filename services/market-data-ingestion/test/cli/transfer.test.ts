import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSteps } from '../../src/cli/progress.ts';
import { capture } from './capture.ts';
import { type Ended, lines, marketData, temporaryDirectory } from './command-line.ts';
import { startVendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const directory = await temporaryDirectory();
const vendor = await startVendor();
const at = (name: string): string => join(directory.path, name);
const environmentOf = (name: string): Record<string, string> => ({
  MARKET_DATA_DIR: at(name),
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  ALPHA_VANTAGE_API_KEY: 'key-of-the-transfer-tests',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
});

async function run(data: string, ...words: string[]): Promise<Ended> {
  return await marketData(words, environmentOf(data));
}

async function rowsOf(data: string, ...words: string[]): Promise<unknown[]> {
  const { status, stdout, stderr } = await run(data, ...words, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
  return JSON.parse(stdout);
}

const queries = [
  ['query', 'AAPL', '--interval', '5min'],
  ['query', 'MSFT', '--interval', '5min'],
  ['query', 'AAPL', '--interval', 'daily'],
];

let collected: unknown[][];

beforeAll(async () => {
  for (const words of [
    ['AAPL', 'MSFT', '--interval', '5min'],
    ['AAPL', '--interval', 'daily'],
  ]) {
    expect(await run('data', 'collect', ...words)).toMatchObject({ status: 0 });
  }
  collected = [];
  for (const words of queries) collected.push(await rowsOf('data', ...words));
});

afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

describe('market-data export and import', () => {
  it.each(['parquet', 'csv', 'json'])(
    'carry all bars into another directory as %s, and twice adds nothing',
    async (format) => {
      const out = at(`out-${format}`);
      for (const interval of ['5min', 'daily']) {
        const exported = await run('data', 'export', 'all', '--interval', interval, '--format', format, '--out', out);
        expect(exported.status).toBe(0);
        expect(lines(exported.stdout)[0]).toMatch(/^source +interval +symbol +files +bars +bytes$/);
      }
      const first = await run(`copy-${format}`, 'import', out);
      const bars = collected.reduce((sum, rows) => sum + rows.length, 0);
      expect(first).toMatchObject({ status: 0 });
      expect(first.stdout).toContain(` files imported: ${bars} bars, ${bars} stored, 0 unchanged\n`);
      for (const [index, words] of queries.entries()) {
        expect(await rowsOf(`copy-${format}`, ...words)).toEqual(collected[index]);
      }
      const again = await run(`copy-${format}`, 'import', out);
      expect(again.stdout).toContain(` files imported: ${bars} bars, 0 stored, ${bars} unchanged\n`);
    },
  );

  it('say how far they are: a line for each series, or for each file', async () => {
    const out = at('out-progress');
    const words = ['--interval', '5min', '--format', 'csv', '--out', out];
    const { stdout, stderr } = await run('data', 'export', 'all', ...words, '--json');
    const rows = JSON.parse(stdout);
    expect(rows).toMatchObject([
      { source: 'alpha_vantage', interval: '5min', symbol: 'AAPL' },
      { source: 'alpha_vantage', interval: '5min', symbol: 'MSFT' },
    ]);
    const files = rows[0].files + rows[1].files;
    expect(lines(stderr).at(-1)).toMatch(new RegExp(`^${files}/${files} MSFT 5min of alpha_vantage: \\d+ bars$`));
    expect(lines(stderr)).toHaveLength(2);
    const imported = await run('copy-csv', 'import', join(out, 'source=alpha_vantage'));
    expect(lines(imported.stderr)).toHaveLength(files);
    expect(lines(imported.stderr)[0]).toMatch(new RegExp(`^1/${files} .*bars\\.csv: 0 stored, \\d+ unchanged$`));
  });

  it('replace the files of an earlier export and leave no other', async () => {
    const out = at('out-again');
    const words = ['export', 'AAPL', '--interval', 'daily', '--format', 'csv', '--out', out];
    await run('data', ...words);
    const before = (await readdir(out, { recursive: true })).sort();
    const some = before.find((path) => path.endsWith('.csv')) as string;
    await writeFile(join(out, some), 'spoiled');
    await run('data', ...words);
    expect((await readdir(out, { recursive: true })).sort()).toEqual(before);
    expect(await readFile(join(out, some), 'utf8')).toMatch(/^"symbol","interval"/);
  });

  it('report each bad file by name, import the others, and end with status 1', async () => {
    const out = at('out-bad');
    await run('data', 'export', 'AAPL', '--interval', 'daily', '--format', 'csv', '--out', out);
    await writeFile(join(out, 'bad.csv'), '"symbol"\n"AAPL"\n');
    await writeFile(join(out, '.half.csv'), 'an export that was killed');
    const words = ['import', out, at('nowhere'), at('data'), join(out, 'bad.csv')];
    const { status, stdout } = await run('copy-bad', ...words);
    expect(status).toBe(1);
    const [summary, ...failures] = lines(stdout);
    expect(summary).toMatch(/^\d+ of \d+ files imported: \d+ bars, \d+ stored, 0 unchanged$/);
    expect(failures).toEqual([
      `${join(out, 'bad.csv')} cannot be imported: column interval is missing`,
      expect.stringMatching(/nowhere cannot be read: ENOENT/),
      `${at('data')} has no .parquet, .csv or .jsonl file`,
    ]);
    const last = JSON.parse((await run('copy-bad', ...words, '--json')).stdout).at(-1);
    expect(last).toMatchObject({
      file: at('data'),
      bars: 0,
      error: { kind: 'configuration', reason: 'nothingToImport' },
    });
    expect(await rowsOf('copy-bad', ...(queries[2] as string[]))).toEqual(collected[2]);
  });

  it('refuse what makes no sense before anything is opened', async () => {
    const base = ['--interval', 'daily', '--format', 'csv', '--out', at('never')];
    for (const words of [
      ['export', 'all', '--interval', 'daily', '--out', at('never')],
      ['export', 'all', '--interval', 'daily', '--format', 'xml', '--out', at('never')],
      ['export', '../X', ...base],
      ['export', 'all', ...base, '--from', 'yesterday'],
      ['export', 'all', ...base, '--source', 'No Source'],
      ['import'],
      ['backup'],
      ['restore', '--from', at('nowhere')],
    ]) {
      expect(await run('never', ...words)).toMatchObject({ status: 2 });
    }
    await expect(readdir(at('never'))).rejects.toThrow();
  });

  it('say where nothing is stored; "ALL" is a symbol', async () => {
    const words = ['--interval', 'daily', '--format', 'csv', '--out', at('none')];
    const { status, stderr } = await run('data', 'export', 'ALL', ...words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'nothing is stored for ALL daily that fits\n' });
  });

  it('end with status 130 after Ctrl-C, with whole files only', async () => {
    const out = at('out-stopped');
    const words = ['export', 'all', '--interval', '5min', '--format', 'csv', '--out', out];
    const ended = await marketData(words, environmentOf('data'), AbortSignal.abort());
    expect(ended.status).toBe(130);
    expect(ended.stderr).toMatch(/^interrupted: 0 of \d+ files are written, each one whole\n$/);
  });
});

describe('market-data backup and restore', () => {
  it('bring everything back after the data directory was destroyed, and refuse a backup with a flipped byte', async () => {
    await run('lost', 'import', at('out-parquet'));
    const before = await rowsOf('lost', ...(queries[0] as string[]));
    const backup = await run('lost', 'backup', '--out', at('backup'));
    expect(backup.status).toBe(0);
    expect(backup.stdout).toMatch(/^\d+ files with \d+ bytes backed up to .*backup\n$/);
    expect(await run('lost', 'restore', '--from', at('backup'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('replace it with --force'),
    });

    await rm(at('lost'), { recursive: true });
    const restored = await run('lost', 'restore', '--from', at('backup'), '--json');
    expect(JSON.parse(restored.stdout)).toMatchObject({ path: at('lost'), files: expect.any(Number) });
    expect(before.length).toBeGreaterThan(0);
    expect(await rowsOf('lost', ...(queries[0] as string[]))).toEqual(before);

    const found = await readdir(at('backup'), { recursive: true });
    const victim = join(at('backup'), found.find((path) => path.endsWith('data.bin')) as string);
    const bytes = await readFile(victim);
    bytes[10] = (bytes[10] as number) ^ 1;
    await writeFile(victim, bytes);
    const refused = await run('lost', 'restore', '--from', at('backup'), '--force');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^error: .*data\.bin is not what was backed up; nothing was touched[^\n]*\n$/);
    expect(await rowsOf('lost', ...(queries[0] as string[]))).toEqual(before);
  });
});

describe('createSteps', () => {
  it('draws a bar on a terminal, and clears it', () => {
    const error = capture({ isTTY: true });
    const steps = createSteps('exporting', 2, { error });
    steps.done('one');
    steps.stop();
    expect(error.text()).toContain('exporting');
  });
});
