import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  hasRedisServer,
  startRedisServer,
} from '../../../../packages/database-abstraction/test/support/redis-server.ts';
import { run } from '../../src/cli/run.ts';
import { capture } from './capture.ts';
import { type Environment, lines, marketData, spawnMarketData, temporaryDirectory } from './command-line.ts';
import { spawnDaemon } from './daemon.ts';
import { type Answer, startVendor, type Vendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let vendor: Vendor;
let environment: Environment;
let remove: () => Promise<void>;
let answer: (url: URL) => Answer = () => undefined;

beforeAll(async () => {
  vendor = await startVendor((url) => answer(url));
  const directory = await temporaryDirectory();
  remove = directory.remove;
  environment = {
    PATH: process.env.PATH ?? '',
    MARKET_DATA_DIR: directory.path,
    ALPHA_VANTAGE_API_KEY: 'a key of jobs',
    ALPHA_VANTAGE_BASE_URL: vendor.url,
    MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: 'none',
    MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
    MARKET_DATA_RATE_LIMITS__CALLS_PER_MINUTE: 'none',
    MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '0',
    MARKET_DATA_JOBS__ITEMS_PER_SECOND: 'none',
    MARKET_DATA_JOBS__LEASE_SECONDS: '2',
  };
});
afterAll(async () => {
  await vendor.close();
  await remove();
});
beforeEach(() => {
  answer = () => undefined;
});

/** What was asked for a symbol: its months, in the order of the calls. */
const asked = (symbol: string): (string | null)[] =>
  vendor.requests
    .filter((url) => url.searchParams.get('symbol') === symbol)
    .map((url) => url.searchParams.get('month'));
const months = (to: string): string[] => ['--interval', '60min', '--from', '2023-01', '--to', to];

describe('backfill', () => {
  it('says with --dry-run what it would do, and asks nobody', async () => {
    const words = ['backfill', 'DRY', 'RUN', ...months('2023-02'), '--both', '--dry-run'];
    const { status, stdout } = await marketData([...words, '--json'], environment);
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      {
        ...{ job: 'DRY+1_2023-01-01', known: false, complete: 0, calls: 8, callsLeftToday: null, days: 1 },
        secondsOfCalls: 0,
        order: [
          { symbol: 'DRY', month: '2023-01', adjustments: ['raw', 'adjusted'] },
          { symbol: 'RUN', month: '2023-01', adjustments: ['raw', 'adjusted'] },
          { symbol: 'DRY', month: '2023-02', adjustments: ['raw', 'adjusted'] },
          { symbol: 'RUN', month: '2023-02', adjustments: ['raw', 'adjusted'] },
        ],
      },
    ]);
    const text = await marketData(words, environment);
    expect(lines(text.stdout).at(-1)).toBe('job DRY+1_2023-01-01: 8 calls on 1 day, at least 0 s a day');
    expect([asked('DRY'), (await marketData(['jobs'], environment)).stderr]).toEqual([[], 'there are no jobs\n']);
  });

  it('gathers every month, says so line by line, and has nothing to do when it is run again', async () => {
    const words = ['backfill', 'HISTORY', ...months('2023-03')];
    const first = await marketData([...words, '--json'], environment);
    expect([first.status, JSON.parse(first.stdout)]).toMatchObject([
      0,
      {
        ...{ job: 'HISTORY_2023-01-01', interval: '60min', tier: 'T1', state: 'completed', completed: 3, failed: 0 },
        symbols: [{ symbol: 'HISTORY', state: 'completed', completed: 3 }],
      },
    ]);
    const said = lines(first.stderr).filter((line) => line.includes(' bars'));
    expect(said).toHaveLength(3);
    expect(said[2]).toMatch(/^3\/3 HISTORY_2023-01-01\/HISTORY\/2023-\d\d: \d+ bars$/);
    const again = await marketData(words, environment);
    expect([again.status, again.stderr]).toEqual([0, '3 months are complete and not asked for again\n']);
    expect(asked('HISTORY').sort()).toEqual(['2023-01', '2023-02', '2023-03']);
    const bars = await marketData(['query', 'HISTORY', '--interval', '60min', '--limit', '1', '--json'], environment);
    expect(JSON.parse(bars.stdout)).toHaveLength(1);
  });

  it('asks for what gaps says, to the call: nothing of what is there', async () => {
    const range = ['--interval', '60min', '--from', '2023-02-01', '--to', '2023-05-31'];
    await marketData(
      ['backfill', 'PARTLY', '--interval', '60min', '--from', '2023-03', '--to', '2023-04'],
      environment,
    );
    const gaps = await marketData(['gaps', 'PARTLY', ...range, '--json'], environment);
    const holes = JSON.parse(gaps.stdout) as { requests: { month: string }[] }[];
    const missing = holes.flatMap(({ requests }) => requests.map(({ month }) => month));
    const plan = await marketData(['backfill', 'PARTLY', ...range, '--dry-run', '--json'], environment);
    const { calls, complete, order } = JSON.parse(plan.stdout) as { calls: number; complete: number; order: object[] };
    expect([missing, calls, complete]).toEqual([['2023-02', '2023-05'], 2, 2]);
    expect(order).toMatchObject(missing.map((month) => ({ symbol: 'PARTLY', month })));
    expect((await marketData(['backfill', 'PARTLY', ...range], environment)).status).toBe(0);
    expect(asked('PARTLY').toSorted()).toEqual(['2023-02', '2023-03', '2023-04', '2023-05']);
    expect((await marketData(['gaps', 'PARTLY', ...range], environment)).stderr).toBe('no session is pending\n');
  });

  it('shows a bar on a terminal', async () => {
    const error = capture({ isTTY: true });
    const streams = { out: capture(), error };
    const words = ['backfill', 'TERMINAL', ...months('2023-02')];
    await run({ arguments: words, environment, streams, signal: new AbortController().signal });
    expect(error.text()).toContain('backfilling');
    expect(streams.out.text()).toContain('job TERMINAL_2023-01-01, 60min, T1: completed');
  });

  it('ends where the day is spent, spends nobody’s attempt, and goes on with --wait', async () => {
    const one = { ...environment, ALPHA_VANTAGE_API_KEY: 'another key', MARKET_DATA_JOBS__WORKERS: '1' };
    answer = (url) => (url.searchParams.get('month') === '2023-02' ? 'dailyQuota' : undefined);
    const { status, stdout, stderr } = await marketData(['backfill', 'SPENT', ...months('2023-03'), '--json'], one);
    expect([status, JSON.parse(stdout)]).toMatchObject([
      1,
      { state: 'inProgress', completed: 1, pending: 2, failed: 0 },
    ]);
    expect(stderr).toMatch(/spent: `market-data jobs resume SPENT_2023-01-01` goes on after \d{4}-.*Z/);
    answer = () => undefined;
    const giveUp = new AbortController();
    const waiting = marketData(['jobs', 'resume', 'SPENT_2023-01-01', '--wait'], one, giveUp.signal);
    setTimeout(() => giveUp.abort(), 1500);
    expect((await waiting).status).toBe(130);
    // Another key has a day of its own.
    const other = { ...one, ALPHA_VANTAGE_API_KEY: 'a third key' };
    expect((await marketData(['jobs', 'resume', 'SPENT_2023-01-01', '--json'], other)).status).toBe(0);
    expect(asked('SPENT')).toEqual(['2023-01', '2023-02', '2023-02', '2023-03']);
  });

  it('goes on after a kill without asking again for what it finished', async () => {
    const slow = { ...environment, MARKET_DATA_JOBS__WORKERS: '1', MARKET_DATA_JOBS__ITEMS_PER_SECOND: '5' };
    const words = ['backfill', 'KILLED', ...months('2023-08')];
    const running = spawnMarketData(words, slow);
    await running.said('3/8 ');
    running.child.kill('SIGKILL');
    const { stderr } = await running.ended;
    const finished = [...stderr.matchAll(/KILLED\/(\d{4}-\d\d): \d+ bars/g)].map((match) => match[1]);
    expect(finished.length).toBeGreaterThanOrEqual(3);
    const again = await marketData([...words, '--json'], environment);
    expect([again.status, JSON.parse(again.stdout)]).toMatchObject([0, { state: 'completed' }]);
    for (const month of finished) expect(asked('KILLED').filter((other) => other === month)).toHaveLength(1);
    expect(new Set(asked('KILLED')).size).toBe(8);
  });

  it.each([
    [['AAPL', '--interval', '60min'], '--from'],
    [['AAPL', '--interval', '60min', '--from', '2023-02-30'], 'is no date'],
    [['AAPL', '--interval', '60min', '--from', '2023-01', '--tier', 'T9'], 'T0'],
    [['AAPL', '--interval', '60min', '--from', '2023-01', '--both', '--adjusted'], 'cannot be used with'],
  ])('refuses %j', async (words, says) => {
    const { status, stderr } = await marketData(['backfill', ...words], environment);
    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe('jobs', () => {
  it('are listed and shown, cancelled and refused by a wrong name', async () => {
    answer = () => 'hang';
    const giveUp = new AbortController();
    const running = marketData(['backfill', 'CANCEL', ...months('2023-04')], environment, giveUp.signal);
    while (asked('CANCEL').length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    giveUp.abort();
    const ended = await running;
    expect([ended.status, ended.stderr]).toEqual([130, expect.stringContaining('jobs resume CANCEL_2023-01-01')]);

    const listed = await marketData(['jobs', '--json'], environment);
    const [job] = (JSON.parse(listed.stdout) as { job: string }[]).filter(({ job: id }) => id === 'CANCEL_2023-01-01');
    expect(job).toMatchObject({ state: 'pending', pending: 4, createdAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    const shown = await marketData(['jobs', 'show', 'CANCEL_2023-01-01'], environment);
    expect(lines(shown.stdout)).toEqual([
      expect.stringMatching(/^symbol +state/),
      expect.stringMatching(/^CANCEL +pending +4 /),
      'job CANCEL_2023-01-01, 60min, T1: pending',
    ]);
    const cancelled = await marketData(['jobs', 'cancel', 'CANCEL_2023-01-01'], environment);
    expect([cancelled.status, cancelled.stderr]).toEqual([0, '4 items are cancelled\n']);
    const json = await marketData(['jobs', 'show', 'CANCEL_2023-01-01', '--json'], environment);
    expect(JSON.parse(json.stdout)).toMatchObject({ state: 'cancelled', cancelled: 4 });
    const unknown = await marketData(['jobs', 'show', 'NOBODY'], environment);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('there is no job "NOBODY"')]);
  });
});

describe('dead letters', () => {
  it('are what failed for good, with the reason, and can be requeued and purged', async () => {
    answer = () => 'premiumEndpoint';
    const words = ['backfill', 'DEAD', ...months('2023-02')];
    const first = await marketData(words, environment);
    expect([first.status, first.stderr]).toEqual([1, expect.stringContaining('2 items failed for good')]);
    const { stdout } = await marketData(['dead-letters', '--json'], environment);
    expect(JSON.parse(stdout)).toMatchObject([
      { item: 'DEAD_2023-01-01/DEAD/2023-01', job: 'DEAD_2023-01-01', attempts: 1, reason: 'premiumEndpoint' },
      { item: 'DEAD_2023-01-01/DEAD/2023-02' },
    ]);
    expect((await marketData(['dead-letters'], environment)).stdout).toContain('externalApi/premiumEndpoint');

    answer = () => undefined;
    await marketData(['entitlements', '--forget'], environment);
    const requeued = await marketData(['dead-letters', 'requeue', 'DEAD_2023-01-01/DEAD/2023-01'], environment);
    expect(requeued.stderr).toContain('1 items wait again');
    const resumed = await marketData(['jobs', 'resume', 'DEAD_2023-01-01', '--json'], environment);
    expect([resumed.status, JSON.parse(resumed.stdout)]).toMatchObject([1, { completed: 1, failed: 1 }]);
    const purged = await marketData(['dead-letters', 'purge'], environment);
    expect([purged.stderr, (await marketData(['dead-letters'], environment)).stderr]).toEqual([
      '1 dead letters are forgotten\n',
      'there are no dead letters\n',
    ]);
  });
});

describe('a daemon', () => {
  it('works on jobs by itself, a backfill beside it says how they go on, and what needs its store is refused', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const own = { ...environment, MARKET_DATA_DIR: directory.path };
    const daemon = await spawnDaemon(own);
    try {
      const { status, stdout, stderr } = await marketData(['backfill', 'SERVED', ...months('2023-03'), '--json'], own);
      expect([status, JSON.parse(stdout)]).toMatchObject([0, { state: 'completed', completed: 3 }]);
      expect(stderr).toContain(`the daemon (process ${daemon.child.pid}) works on it`);
      expect(stderr).toContain('3/3 SERVED_2023-01-01: 3 completed');
      expect(asked('SERVED').sort()).toEqual(['2023-01', '2023-02', '2023-03']);
      expect((await daemon.ask('/health')).json).toMatchObject({ jobs: { pausedBy: null } });
      const working = await marketData(['jobs', 'work'], own);
      expect([working.status, working.stderr]).toEqual([2, expect.stringContaining('a daemon runs')]);
      const out = `${directory.path}/bars`;
      const held = `error: a daemon (process ${daemon.child.pid}) holds the embedded store: end it and start it again`;
      for (const [words, instead] of [
        [['export', 'SERVED', '--interval', '60min', '--format', 'csv', '--out', out], 'query SERVED --interval 60min'],
        [['import', out], 'another MARKET_DATA_DIR'],
      ] as const) {
        const refused = await marketData(words, own);
        expect([refused.status, lines(refused.stderr)]).toEqual([2, [expect.stringContaining(held)]]);
        expect(refused.stderr).toContain(instead);
      }
    } finally {
      daemon.child.kill('SIGTERM');
      await daemon.ended;
    }
  });

  it('plans a backfill by what its store lacks, and is followed until Ctrl-C or a day that is spent', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const own = { ...environment, MARKET_DATA_DIR: directory.path };
    // The key is the daemon's alone.
    const beside = { MARKET_DATA_DIR: directory.path };
    const daemon = await spawnDaemon(own);
    onTestFinished(async () => {
      daemon.child.kill('SIGKILL');
      await daemon.ended;
    });
    await marketData(['collect', 'BESIDE', '--interval', '60min', '--month', '2023-01'], beside);
    const words = ['backfill', 'BESIDE', ...months('2023-02'), '--json'];
    const planned = await marketData([...words, '--dry-run'], beside);
    expect([planned.stderr, planned.status, JSON.parse(planned.stdout)]).toMatchObject([
      '',
      0,
      { known: false, complete: 1, calls: 1, order: [{ symbol: 'BESIDE', month: '2023-02', adjustments: ['raw'] }] },
    ]);
    expect(asked('BESIDE')).toEqual(['2023-01']);
    const other = await marketData([...words, '--source', 'alpaca'], beside);
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('leave out --source')]);

    answer = () => 'dailyQuota';
    const spent = await marketData(words, beside);
    expect([spent.status, spent.stderr]).toEqual([1, expect.stringContaining('the daemon is paused (dailyQuota)')]);
    const giveUp = new AbortController();
    const streams = { out: capture(), error: capture() };
    const waiting = { arguments: [...words, '--wait'], environment: beside, streams, signal: giveUp.signal };
    const following = run(waiting);
    await expect.poll(() => streams.error.text(), { timeout: 20_000 }).toContain('works on it');
    giveUp.abort();
    expect(await following).toBe(130);
    expect(streams.error.text()).toContain('interrupted: the daemon goes on');
    expect(JSON.parse(streams.out.text())).toMatchObject({ pending: 1, cancelled: 0 });
    const resumed = await marketData(['jobs', 'resume', 'BESIDE_2023-01-01'], beside);
    expect([resumed.status, resumed.stderr]).toEqual([1, expect.stringContaining('goes on by itself')]);
  });
});

describe.skipIf(!hasRedisServer)('jobs work, with Redis (redis-server absent)', () => {
  it('takes what others push, says what it does, and ends when nothing waits', async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.close());
    const shared = { ...environment, REDIS_URL: redis.url };
    const pushed = { symbols: ['PUSHED'], interval: '60min', from: '2023-01', to: '2023-02' };
    await redis.ask('RPUSH', 'market-data:jobs', 'not a job', JSON.stringify(pushed));
    const giveUp = new AbortController();
    const working = marketData(['jobs', 'work'], shared, giveUp.signal);
    while (new Set(asked('PUSHED')).size < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    giveUp.abort();
    const { status, stderr } = await working;
    expect([status, stderr]).toEqual([130, expect.stringContaining('working on jobs, and taking pushed ones')]);
    expect(await redis.ask('LRANGE', 'market-data:jobs:rejected', '0', '-1')).toEqual([
      expect.stringContaining('it is no JSON'),
    ]);
    expect(await redis.ask('LLEN', 'market-data:jobs:processing')).toBe(0);
    const drained = await marketData(['jobs', 'work', '--drain'], shared);
    expect(drained.status).toBe(0);
    const shown = await marketData(['jobs', 'show', 'PUSHED_2023-01-01', '--json'], shared);
    expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'completed', completed: 2 });
    const events = JSON.stringify(await redis.ask('XRANGE', 'market-data:job-events', '-', '+'));
    expect(events).toContain('PUSHED_2023-01-01:started');
    expect(events).toContain('PUSHED_2023-01-01/PUSHED/2023-02:processed');
  });
});
