import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Ended, lines, marketData, temporaryDirectory } from './command-line.ts';

const directory = await temporaryDirectory();
const data = join(directory.path, 'data');

// The command needs no data directory, so none may appear.
afterEach(() => expect(existsSync(data)).toBe(false));
afterAll(() => directory.remove());

const calendar = (...words: string[]): Promise<Ended> => marketData(['calendar', ...words], { MARKET_DATA_DIR: data });

describe('calendar', () => {
  it('prints sessions as a table with early closes marked', async () => {
    const { status, stdout, stderr } = await calendar('XNYS', '--from', '2026-11-25', '--to', '2026-11-30');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines(stdout)).toEqual([
      'session     open (UTC)                close (UTC)               close  reason',
      '2026-11-25  2026-11-25T14:30:00.000Z  2026-11-25T21:00:00.000Z',
      '2026-11-27  2026-11-27T14:30:00.000Z  2026-11-27T18:00:00.000Z  early  day after Thanksgiving',
      '2026-11-30  2026-11-30T14:30:00.000Z  2026-11-30T21:00:00.000Z',
    ]);
  });

  it('prints rows as JSON with instants in UTC', async () => {
    const { status, stdout } = await calendar('XNYS', '--from', '2024-07-03', '--to', '2024-07-05', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      {
        date: '2024-07-03',
        open: '2024-07-03T13:30:00.000Z',
        close: '2024-07-03T17:00:00.000Z',
        early: true,
        reason: 'day before Independence Day',
      },
      {
        date: '2024-07-05',
        open: '2024-07-05T13:30:00.000Z',
        close: '2024-07-05T20:00:00.000Z',
        early: false,
        reason: null,
      },
    ]);
  });

  it('says when there is no session, and prints an empty array as JSON', async () => {
    const words = ['XNYS', '--from', '2024-07-06', '--to', '2024-07-07'];
    expect(await calendar(...words)).toEqual({
      status: 0,
      stdout: '',
      stderr: 'XNYS has no session from 2024-07-06 to 2024-07-07\n',
    });
    expect(await calendar(...words, '--json')).toEqual({ status: 0, stdout: '[]\n', stderr: '' });
  });

  it.each([
    { words: ['NYSE', '--from', '2024-01-01', '--to', '2024-01-31'], says: 'exchange "NYSE" has no calendar' },
    { words: ['XNYS', '--from', '2024-02-30', '--to', '2024-03-31'], says: '"2024-02-30" is not a date' },
    { words: ['XNYS', '--from', '2024-01-01', '--to', 'soon'], says: '"soon" is not a date' },
    {
      words: ['XNYS', '--from', '2024-01-02', '--to', '2024-01-01'],
      says: '--from 2024-01-02 is after --to 2024-01-01',
    },
    { words: ['XNYS', '--from', '1989-12-31', '--to', '1990-01-31'], says: 'is outside the calendar' },
    { words: ['XNYS', '--from', '2028-12-31', '--to', '2029-01-01'], says: 'is outside the calendar' },
    { words: ['XNYS', '--from', '2024-01-01'], says: '--to <YYYY-MM-DD>' },
    { words: ['--from', '2024-01-01', '--to', '2024-01-31'], says: 'exchange' },
  ])('refuses $words with one line and status 2', async ({ words, says }) => {
    const { status, stdout, stderr } = await calendar(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(says);
  });

  it('teaches itself with examples', async () => {
    const { status, stdout } = await calendar('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('market-data calendar XNYS --from 2026-11-23 --to 2026-12-31');
  });
});
