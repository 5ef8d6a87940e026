import { afterAll, describe, expect, it } from 'vitest';
import { lines, marketData, temporaryDirectory } from './command-line.ts';

const directory = await temporaryDirectory();
const environment = { MARKET_DATA_DIR: directory.path, MARKET_DATA_SCHEDULE__SYMBOLS: 'IBM,SPY' };
afterAll(() => directory.remove());

describe('schedule', () => {
  it('lists the tasks with their times', async () => {
    const { status, stdout, stderr } = await marketData(['schedule'], environment);
    expect([status, stderr]).toEqual([0, '']);
    expect(lines(stdout).map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['task', 'cron', 'zone'],
      ['daily', '30 16 * * 1-5', 'America/New_York'],
      ['weekly', '0 22 * * 0', 'America/New_York'],
      ['maintenance', '0 3 * * *', 'America/New_York'],
    ]);
  });

  it('runs a task now, and knows afterwards what it did', async () => {
    const ran = await marketData(['schedule', 'run', 'daily'], environment);
    expect([ran.status, ran.stdout]).toEqual([0, 'daily succeeded: 2 of 2 series collected, 200 new bars\n']);
    const { stdout } = await marketData(['schedule', '--json'], environment);
    const [daily, weekly] = JSON.parse(stdout) as Record<string, unknown>[];
    expect(daily).toMatchObject({ name: 'daily', last: { outcome: 'succeeded', due: null, facts: { stored: 200 } } });
    expect(weekly).toMatchObject({ name: 'weekly', last: null });
    expect(daily).toMatchObject({ state: null, problem: null, runningSince: null });
  });

  it('runs maintenance on the real stores', async () => {
    const { status, stdout } = await marketData(['schedule', 'run', 'maintenance', '--json'], environment);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'succeeded',
      facts: { optimise: [{ table: 'bars' }, { table: 'quarantine' }, { table: 'batches' }], clean_up: { files: 0 } },
    });
  });

  it('fails when a part of the run does', async () => {
    const refused = { ...environment, MARKET_DATA_SCHEDULE__SYMBOLS: 'IBM,INVALID' };
    const { status, stdout } = await marketData(['schedule', 'run', 'daily'], refused);
    expect([status, stdout.split(':')[0]]).toEqual([1, 'daily partial']);
  });

  it('refuses a task that there is not, and times that make no sense', async () => {
    const unknown = await marketData(['schedule', 'run', 'hourly'], environment);
    expect([unknown.status, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('there is no task "hourly" in the schedule: use one of daily, weekly, maintenance'),
    ]);
    const wrong = await marketData(['schedule'], { ...environment, MARKET_DATA_SCHEDULE__DAILY__CRON: 'soon' });
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('"soon" is no cron text of five fields')]);
  });

  it('says when no daemon runs it', async () => {
    const { status, stderr } = await marketData(['schedule'], {
      ...environment,
      MARKET_DATA_SCHEDULE__ENABLED: 'false',
    });
    expect([status, stderr]).toEqual([0, 'schedule.enabled is false: no daemon runs it\n']);
  });
});
