import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startClickHouseFront } from '@quantumtrade/clickhouse-front';
import { expect, it } from 'vitest';

it('the example runs on a ClickHouse server and keeps nothing but the spool in a data directory', {
  timeout: 60_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'example-server-'));
  const password = 'canary-of-the-example';
  const front = await startClickHouseFront({ directory: join(directory, 'front'), username: 'market', password });
  try {
    await writeFile(join(directory, 'password'), `${password}\n`);
    const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@quantumtrade/source', program],
      {
        cwd: directory,
        env: {
          CLICKHOUSE_URL: front.url,
          CLICKHOUSE_USER: 'market',
          CLICKHOUSE_PASSWORD_FILE: join(directory, 'password'),
          CLICKHOUSE_DATABASE: 'example',
        },
      },
    );
    expect(stdout).toContain(`Using the ClickHouse server at ${front.url}`);
    expect(stdout).toMatch(/clickhouse +.*healthy.*/);
    expect(stdout).toContain('AAPL');
    expect(stdout + stderr).not.toContain(password);
    expect((await readdir(join(directory, '.market-data'))).filter((name) => !name.startsWith('spool'))).toEqual([]);
    const count = await fetch(`${front.url}/?user=market&password=${password}`, {
      method: 'POST',
      body: 'SELECT uniqExact(symbol, interval) FROM example.bars',
    });
    expect(await count.text()).toBe('6\n');
  } finally {
    await front.close();
    await rm(directory, { recursive: true });
  }
});
