import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Environment,
  lines,
  marketData,
  type Running,
  spawnMarketData,
  temporaryDirectory,
} from './command-line.ts';
import { type Daemon, spawnDaemon } from './daemon.ts';
import { startVendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const directory = await temporaryDirectory();
const vendor = await startVendor((url) => (url.searchParams.get('symbol') === 'HANG' ? 'hang' : undefined));
const environment = {
  MARKET_DATA_DIR: join(directory.path, 'data'),
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: 'none',
  MARKET_DATA_RATE_LIMITS__CALLS_PER_MINUTE: 'none',
  ALPHA_VANTAGE_API_KEY: 'key-of-the-daemon-tests',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};

const begun: Running[] = [];

async function daemon(changes: Record<string, string> = {}, words: readonly string[] = []): Promise<Daemon> {
  const started = await spawnDaemon({ ...environment, ...changes }, words);
  begun.push(started);
  return started;
}

afterAll(async () => {
  for (const { child, ended } of begun) {
    child.kill('SIGKILL');
    await ended;
  }
  await vendor.close();
  await directory.remove();
});

const runFiles = async (): Promise<string[]> =>
  (await readdir(environment.MARKET_DATA_DIR)).filter((name) => name.startsWith('serve.')).sort();

async function collect(to: Daemon, symbols: readonly string[]): Promise<string> {
  const body = { symbols, interval: 'daily' };
  const { status, headers } = await to.ask('/api/v1/collections', { method: 'POST', token: to.token, body });
  expect(status).toBe(202);
  return headers.location ?? '';
}

interface Outcome {
  readonly symbol: string;
  readonly stored: number;
}

describe('the daemon', () => {
  const file = join(directory.path, 'settings.toml');
  // Begun beside the other one, for both of them wait for their engines.
  const insisted = { MARKET_DATA_DIR: join(directory.path, 'insisted'), MARKET_DATA_HTTP__DRAIN_SECONDS: '60' };
  let elsewhere: Promise<Daemon>;
  let running: Daemon;

  beforeAll(async () => {
    await writeFile(file, '[http]\nallowed_hosts = "one.example"\n');
    elsewhere = daemon(insisted);
    running = await daemon({ MARKET_DATA_HTTP__DRAIN_SECONDS: '1' }, ['--config', file]);
  });

  it('is ready once it listens, says where it is to its owner alone, and collects', async () => {
    expect((await running.ask('/ready')).status).toBe(200);
    expect(await runFiles()).toEqual(['serve.address', 'serve.pid', 'serve.token']);
    expect(lines(await readFile(join(environment.MARKET_DATA_DIR, 'serve.pid'), 'utf8'))).toEqual([
      String(running.child.pid),
    ]);
    for (const name of await runFiles()) {
      expect((await stat(join(environment.MARKET_DATA_DIR, name))).mode & 0o777).toBe(0o600);
    }

    const job = await collect(running, ['AAPL', 'NVDA']);
    expect((await running.ask(`${job}/events`)).text).toContain('"state":"succeeded"');
    expect((await running.ask('/api/v1/bars/AAPL?interval=daily&limit=1000')).json.items).toHaveLength(100);
    expect((await running.ask('/metrics')).text).toMatch(/data_points_stored_total\{[^}]*\} 200/);
    expect((await running.ask('/api/v1/config')).text).not.toContain(environment.ALPHA_VANTAGE_API_KEY);
  });

  it('keeps the settings it has when the file is broken, and takes new ones when it is whole', async () => {
    const post = (path: string) => running.ask(path, { method: 'POST', token: running.token });
    const host = (name: string) => running.ask('/live', { headers: { host: name } });
    expect((await host('one.example')).status).toBe(200);

    await writeFile(file, '[http]\nallowed_hosts = "two.example"\nmax_connections = "many"\n');
    expect((await post('/api/v1/config/validate')).json).toMatchObject({
      valid: false,
      problems: [{ path: 'http.max_connections' }],
    });
    const refused = await post('/api/v1/config/reload');
    expect(refused).toMatchObject({ status: 422, json: { outcome: 'refused', changed: [] } });
    await writeFile(file, '[http\n');
    expect((await post('/api/v1/config/reload')).status).toBe(422);
    expect((await host('one.example')).status).toBe(200);
    expect((await running.ask('/ready')).status).toBe(200);

    await writeFile(file, '[http]\nallowed_hosts = "two.example"\n');
    expect((await post('/api/v1/config/validate')).json).toEqual({ valid: true, problems: [] });
    expect((await post('/api/v1/config/reload')).status).toBe(200);
    expect((await host('one.example')).status).toBe(421);
    expect((await host('two.example')).status).toBe(200);
  });

  it('on SIGTERM is not ready at once, takes nothing more, finishes what is under way and leaves nothing behind', async () => {
    const job = await collect(running, ['HANG']);
    const following = running.ask(`${job}/events`);
    running.child.kill('SIGTERM');
    await running.said('"stopping"');
    expect((await running.ask('/ready')).json).toEqual({ ready: false, reason: 'the service is stopping' });
    const body = { symbols: ['IBM'], interval: 'daily' };
    const refused = await running.ask('/api/v1/collections', { method: 'POST', token: running.token, body });
    expect(refused.status).toBe(503);
    // The vendor never answers: what cannot end in time is cancelled, and who follows it is told.
    expect((await following).text).toContain('"state":"cancelled"');
    const { status, signal, stdout, stderr } = await running.ended;
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: '' });
    expect(stderr).not.toContain(environment.ALPHA_VANTAGE_API_KEY);
    expect(stderr).not.toContain(running.token);
    expect(await runFiles()).toEqual([]);
  });

  it('ends at once on a second signal', async () => {
    const running = await elsewhere;
    await collect(running, ['HANG']);
    running.child.kill('SIGTERM');
    await running.said('"stopping"');
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ status: null, signal: 'SIGTERM' });
  });
});

describe('a daemon that must not start', () => {
  it('ends with 2 and one line where others could reach it and need no token', async () => {
    const { status, stdout, stderr } = await marketData(['serve'], {
      ...environment,
      MARKET_DATA_HTTP__HOST: '0.0.0.0',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(lines(stderr)).toEqual([expect.stringMatching(/http\.host .*needs http\.token/)]);
  });
});

describe('a daemon that was killed while it collected and is started again', () => {
  let again: Daemon;

  it('has lost and doubled nothing', async () => {
    const symbols = Array.from({ length: 14 }, (_, at) => `KILL${at}`);
    const killed = await daemon();
    const job = await collect(killed, symbols);
    const acknowledged = await new Promise<Outcome[]>((resolve) => {
      let heard = '';
      const socket = connect(killed.port, '127.0.0.1', () => {
        socket.write(`GET ${job}/events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      });
      const outcomes = (): Outcome[] =>
        [...heard.matchAll(/event: outcome\ndata: (.*)\n\n/g)].map(([, data = '']) => JSON.parse(data) as Outcome);
      socket.on('data', (chunk) => {
        heard += chunk.toString('utf8');
        if (outcomes().length > 3) killed.child.kill('SIGKILL');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(outcomes()));
    });
    await killed.ended;
    expect(acknowledged.length).toBeGreaterThan(3);
    expect(acknowledged.length).toBeLessThan(symbols.length);
    // What it left behind is not taken for a daemon by commands either.
    expect(await runFiles()).toContain('serve.pid');
    expect((await marketData(['batches', '--json'], environment)).status).toBe(0);

    again = await daemon();
    expect((await again.ask('/ready')).status).toBe(200);
    for (const { symbol, stored } of acknowledged) {
      const { json } = await again.ask(`/api/v1/bars/${symbol}?interval=daily&limit=1000`);
      expect([symbol, stored, json.items.length]).toEqual([symbol, 100, 100]);
    }
    const second = await collect(again, symbols);
    await again.ask(`${second}/events`);
    const { json } = await again.ask(second);
    expect(json).toMatchObject({ state: 'succeeded' });
    const known = new Set(acknowledged.map(({ symbol }) => symbol));
    for (const row of json.results as unknown as (Outcome & { unchanged: number })[]) {
      expect(row.stored + row.unchanged).toBe(100);
      if (known.has(row.symbol)) expect(row.unchanged).toBe(100);
      const bars = await again.ask(`/api/v1/bars/${row.symbol}?interval=daily&limit=1000`);
      expect(new Set(bars.json.items.map(({ openTime }) => openTime)).size).toBe(100);
      expect(bars.json.items).toHaveLength(100);
    }
  });

  it('another one ends with 2 where it wants the port or the directory', async () => {
    const elsewhere = { ...environment, MARKET_DATA_DIR: join(directory.path, 'elsewhere') };
    const attempts = [
      [{ ...elsewhere, MARKET_DATA_HTTP__PORT: String(again.port) }, /port \d+ of 127\.0\.0\.1 is in use/],
      [environment, /a daemon runs on this data directory already \(process \d+\)/],
    ] as const;
    for (const [variables, expected] of attempts) {
      const { status, stderr } = await marketData(['serve'], variables);
      expect([status, lines(stderr).at(-1)]).toEqual([2, expect.stringMatching(expected)]);
    }
    expect((await again.ask('/ready')).status).toBe(200);
  });

  it('everything in the README can be typed as it stands there', async ({ skip }) => {
    if (spawnSync('curl', ['--version']).status !== 0) skip('curl is not installed');
    await mkdir(join(directory.path, 'readme'));
    await symlink(environment.MARKET_DATA_DIR, join(directory.path, 'readme', '.market-data'));
    const page = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8');
    const section = /\n## The service\n(.*?)\n## /s.exec(page)?.[1] ?? '';
    const [started, ...typed] = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);
    expect(started).toBe('pnpm market-data serve\n');
    const script = typed.join('').replaceAll('127.0.0.1:8080', `127.0.0.1:${again.port}`);
    expect(script.match(/^curl |\(curl /gm)?.length).toBeGreaterThan(14);
    const shell = spawn(
      'bash',
      ['--norc', '-euc', `curl() { command curl -sS --fail-with-body "$@"; echo; }\n${script}`],
      {
        cwd: join(directory.path, 'readme'),
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
      },
    );
    const said: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) shell[name].on('data', (chunk) => (said[name] += String(chunk)));
    const [status] = await once(shell, 'close');
    expect({ status, stderr: said.stderr }).toEqual({ status: 0, stderr: '' });
    expect(said.stdout).toContain('{"ready":true}');
    // Of the stream, the job and its cancelling; a stream that begins late tells the past with the job as it is now.
    expect(said.stdout.match(/"state":"succeeded"/g)?.length).toBeGreaterThanOrEqual(3);
    expect(said.stdout.match(/"symbol":"AAPL","interval":"5min","source":"alpha_vantage","openTime"/g)).toHaveLength(4);
    expect(said.stdout).toContain('"valid":true');
  });

  it('a collection that is given up here is cancelled there', async () => {
    const collecting = spawnMarketData(['collect', 'AAPL', 'HANG', '--interval', 'daily', '--json'], environment);
    begun.push(collecting);
    await collecting.said('1/2 ');
    collecting.child.kill('SIGINT');
    const { status, stdout, stderr } = await collecting.ended;
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toHaveLength(1);
    expect(lines(stderr).at(-1)).toBe('interrupted: 1 of 2 series finished');
    expect((await again.ask('/api/v1/batches?limit=1')).json.items).toHaveLength(1);
  });

  it('commands work by asking it, and print what they print without one', async () => {
    const words = [
      ['query', 'IBM', '--interval', 'daily', '--limit', '3', '--json'],
      ['query', 'IBM', '--interval', 'daily', '--limit', '3'],
      ['batches', '--limit', '1', '--json'],
      ['batches', 'IBM'],
      ['quarantine', '--json'],
      ['quota', '--json'],
      ['coverage', 'IBM', 'MSFT', '--interval', 'daily', '--from', '2024-01-02', '--to', '2024-02-02', '--json'],
      ['coverage', '--interval', 'daily', '--from', '2024-01-02', '--to', '2024-02-02'],
      ['gaps', 'IBM', '--interval', 'daily', '--from', '2023-12-01', '--to', '2024-02-02'],
      ['gaps', '--interval', 'daily', '--from', '2024-01-02', '--to', '2024-02-02', '--json'],
      ['history', 'IBM', '--interval', 'daily', '--at', '2024-01-02', '--json'],
      ['history', 'IBM', '--interval', 'daily', '--at', '2024-01-02'],
      ['spool', '--json'],
      ['jobs', '--json'],
      ['dead-letters', '--json'],
    ];
    const said = async (commands = words, settings: Environment = environment): Promise<unknown[]> => {
      const all = [];
      for (const command of commands) all.push({ command, ...(await marketData(command, settings)) });
      return all;
    };
    const collected = await marketData(['collect', 'MSFT', 'IBM', '--interval', 'daily', '--json'], environment);
    expect(collected).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^2\/2 .*: 100 collected, 100 stored, 0 unchanged$/m),
    });
    const rows = JSON.parse(collected.stdout) as Outcome[];
    expect(rows.map(({ symbol, stored }) => [symbol, stored])).toEqual([
      ['MSFT', 100],
      ['IBM', 100],
    ]);
    const beside = await said();
    // The key is the daemon's: who only reads needs none to be told of the same source.
    const names = ['query', 'history', 'coverage', 'gaps'];
    const reading = words.filter(([name = '', ...rest]) => names.includes(name) && rest.includes('--json'));
    const keyless = await said(reading, { MARKET_DATA_DIR: environment.MARKET_DATA_DIR });
    expect(keyless).toEqual(beside.filter((_, at) => reading.includes(words[at] ?? [])));
    expect(await marketData(['health'], environment)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/is healthy/),
    });
    const uptime = JSON.parse((await marketData(['health', '--json'], environment)).stdout).uptimeSeconds;
    expect(uptime).toBeGreaterThan(0);
    const other = await marketData(['collect', 'IBM', '--interval', 'daily', '--source', 'alpaca'], environment);
    expect(other).toMatchObject({ status: 2, stderr: expect.stringContaining('collects from alpha_vantage') });
    const wrong = await marketData(['collect', 'IBM', '--interval', 'daily', '--month', '2023-01'], environment);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });

    again.child.kill('SIGTERM');
    expect(await again.ended).toMatchObject({ status: 0 });
    expect(beside).toEqual(await said());
  });
});
