import { createCalendar } from '@quantumtrade/market-calendar';
import type { CoverageRow } from '@quantumtrade/shared-types';
import { beforeEach, describe, expect, it } from 'vitest';
import { LedgerWorld, seriesOf } from './ledger-world.ts';

const day = 86_400_000;
const hour = 3_600_000;
let world: LedgerWorld;

beforeEach(() => {
  world = new LedgerWorld('2024-03-01T12:00:00Z');
});

const brief = ({ state, reason, present, absentConfirmed }: CoverageRow): unknown[] =>
  reason === undefined ? [state, present, absentConfirmed] : [state, reason, present, absentConfirmed];

describe('a session', () => {
  it('is present when every expected bar is stored, by the evidence of their batch and of the calendar', async () => {
    const batchId = await world.answer({ bars: world.expected('2024-01-03'), at: '2024-01-04T02:00:00Z' });
    expect(await world.session('2024-01-03')).toEqual({
      ...{ symbol: 'IBM', interval: '60min', source: 'fake', adjustment: 'raw', exchange: 'XNYS' },
      ...{ session: '2024-01-03', open: Date.parse('2024-01-03T14:30Z'), close: Date.parse('2024-01-03T21:00Z') },
      ...{ expected: 7, present: 7, extra: 0, absentConfirmed: 0, state: 'present', overdue: false },
      evidence: {
        ...{ batchIds: [batchId], instants: [Date.parse('2024-01-04T02:00Z')] },
        calendarVersion: createCalendar('XNYS').version,
      },
    });
  });

  it('is present where what is missing was absent from an answer that covered it', async () => {
    const [, second = 0, ...others] = world.expected('2024-01-02', '2024-01-31');
    const batchId = await world.answer({ bars: others, month: '2024-01', at: '2024-02-05T00:00Z' });
    const row = await world.session('2024-01-02');
    expect(brief(row)).toEqual(['present', 5, 2]);
    expect(row.evidence.batchIds).toEqual([batchId]);
    expect(second).toBeLessThan(others[0] ?? 0);
  });

  it('is confirmed empty where an answer that covered it had nothing', async () => {
    const bars = [...world.expected('2024-01-03'), ...world.expected('2024-01-05')];
    const batchId = await world.answer({ bars, at: '2024-01-06T00:00Z' });
    const row = await world.session('2024-01-04');
    expect(brief(row)).toEqual(['confirmedEmpty', 0, 7]);
    expect(row.evidence).toMatchObject({ batchIds: [batchId], instants: [Date.parse('2024-01-06T00:00Z')] });
  });

  it('is pending where nothing was asked for, without an age', async () => {
    const row = await world.session('2024-01-03');
    expect(brief(row)).toEqual(['pending', 0, 0]);
    expect([row.pendingSince, row.overdue, row.evidence.batchIds]).toEqual([undefined, false, []]);
  });

  it('is pending beside what an answer reached, from its close on, and overdue after the longest time', async () => {
    const batchId = await world.answer({ bars: world.expected('2024-02-05'), at: '2024-02-06T00:00Z' });
    const [row] = await world.rows({ from: '2024-02-22', to: '2024-02-22' });
    const close = Date.parse('2024-02-22T21:00Z');
    expect(row).toMatchObject({
      state: 'pending',
      pendingSince: close,
      overdue: true,
      evidence: { batchIds: [batchId] },
    });
    world.settings = { ...world.settings, maxPendingMs: Date.parse('2024-03-01T12:00Z') - close };
    expect(await world.session('2024-02-22')).toMatchObject({ overdue: false });
  });

  it('that was over before the series was ever asked for has been pending since then', async () => {
    const at = '2024-02-06T00:00Z';
    await world.answer({ bars: world.expected('2024-02-05'), at });
    expect(await world.session('2024-01-03')).toMatchObject({ state: 'pending', pendingSince: Date.parse(at) });
  });

  it('is not judged before it closes', async () => {
    world = new LedgerWorld('2024-01-03T20:59:59Z');
    expect(await world.rows({ from: '2024-01-03', to: '2024-01-03' })).toEqual([]);
    await world.clock.advance(1000);
    expect(await world.rows({ from: '2024-01-03', to: '2024-01-03' })).toHaveLength(1);
  });

  it('is not confirmed empty by a month that was asked for before its bars had settled', async () => {
    const bars = world.expected('2024-01-02', '2024-01-29');
    await world.answer({ bars, month: '2024-01', at: '2024-01-31T20:00Z' });
    expect((await world.session('2024-01-30')).state).toBe('pending');
    await world.answer({ bars, month: '2024-01', at: '2024-01-31T21:00Z' });
    expect((await world.session('2024-01-30')).state).toBe('confirmedEmpty');
    expect((await world.session('2024-01-31')).state).toBe('pending');
  });

  it('of which compact data reached a part is confirmed for that part only', async () => {
    const bars = world.expected('2024-01-03');
    await world.answer({ bars: [bars[3] ?? 0, bars[6] ?? 0], outputSize: 'compact', at: '2024-01-04T00:00Z' });
    expect(brief(await world.session('2024-01-03'))).toEqual(['pending', 2, 2]);
    await world.answer({ bars: bars.slice(0, 4), outputSize: 'compact', at: '2024-01-04T00:01Z' });
    expect(brief(await world.session('2024-01-03'))).toEqual(['present', 5, 2]);
  });

  it('names no more answers than it takes to cover it', async () => {
    const bars = world.expected('2024-01-03').filter((_, index) => index !== 3);
    const batchIds: string[] = [];
    for (const [hours, [from, to]] of [
      [0, 3],
      [1, 4],
      [1, 3],
      [2, 6],
      [4, 6],
    ].entries()) {
      const at = Date.parse('2024-01-04T00:00Z') + hours * hour;
      batchIds.push(await world.answer({ bars: bars.slice(from, to), outputSize: 'compact', at }));
    }
    const { state, evidence } = await world.session('2024-01-03');
    expect([state, evidence.batchIds]).toEqual(['present', [batchIds[0], batchIds[3]]]);
  });

  it('counts bars before and after it as extra, unless they are expected', async () => {
    const [open = 0, ...bars] = world.expected('2024-01-03');
    await world.answer({
      bars: [open - 2.5 * hour, open, ...bars, open + 8.5 * hour],
      month: '2024-01',
      at: '2024-02-04T02:00Z',
    });
    expect(await world.session('2024-01-03')).toMatchObject({ expected: 7, present: 7, extra: 2, state: 'present' });
    world.settings = { ...world.settings, extendedHours: true };
    const row = await world.session('2024-01-03');
    expect(row.expected).toBeGreaterThan(9);
    expect(row).toMatchObject({ extra: 0, state: 'present', absentConfirmed: row.expected - row.present });
  });

  it('of days needs one bar, whatever midnight the vendor means', async () => {
    const rows = async (): Promise<unknown[]> =>
      (await world.rows({ interval: 'daily', from: '2024-01-02', to: '2024-01-08' })).map(({ state }) => state);
    const dates = ['2024-01-02', '2024-01-03', '2024-01-05'];
    const bars = dates.map((date) => Date.parse(date));
    await world.answer({ interval: 'daily', bars, sessions: dates, outputSize: 'compact', at: '2024-01-09T00:00Z' });
    expect(await rows()).toEqual(['present', 'present', 'confirmedEmpty', 'present', 'pending']);
  });

  it('of weeks is the last one of its week', async () => {
    const rows = await world.rows({ interval: 'weekly', from: '2024-01-02', to: '2024-01-31' });
    expect(rows.map(({ session }) => session)).toEqual(['2024-01-05', '2024-01-12', '2024-01-19', '2024-01-26']);
  });

  it('with a break expects nothing within it', async () => {
    world.calendar = createCalendar('XHKG');
    const bars = world.expected('2024-01-03');
    await world.answer({ bars, at: '2024-01-04T00:00Z' });
    const row = await world.session('2024-01-03');
    expect(row).toMatchObject({ state: 'present', expected: bars.length, present: bars.length, extra: 0 });
  });
});

describe('a session that cannot be had', () => {
  const refused = { month: '2024-01', at: '2024-02-01T12:00Z' } as const;

  it('is not part of the plan, until an answer shows otherwise', async () => {
    const batchId = await world.refuse({ ...refused, reason: 'premiumParameter' });
    const row = await world.session('2024-01-03');
    expect(brief(row)).toEqual(['unrecoverable', 'notEntitled', 0, 0]);
    expect(row.evidence).toMatchObject({ batchIds: [batchId], errorReason: 'premiumParameter' });
    expect((await world.session('2024-02-01')).state).toBe('pending');
    await world.answer({ bars: world.expected('2024-01-04'), month: '2024-01', at: '2024-02-02T12:00Z' });
    expect((await world.session('2024-01-03')).state).toBe('confirmedEmpty');
  });

  it('was refused so often that once more wins nothing', async () => {
    const batchIds: string[] = [];
    for (const at of ['2024-02-01T12:00Z', '2024-02-02T12:00Z']) {
      batchIds.unshift(await world.refuse({ ...refused, at, reason: 'noData' }));
    }
    expect((await world.session('2024-01-03')).state).toBe('pending');
    batchIds.unshift(await world.refuse({ ...refused, at: '2024-02-03T12:00Z', reason: 'unknownRequest' }));
    const row = await world.session('2024-01-03');
    expect(brief(row)).toEqual(['unrecoverable', 'refused', 0, 0]);
    expect(row.evidence.batchIds).toEqual(batchIds);
  });

  it('stays pending after failures that say nothing about it', async () => {
    for (const [hours, reason] of ['outage', 'dailyQuota', 'minuteQuota', 'timeout', 'malformed'].entries()) {
      await world.refuse({ ...refused, at: Date.parse(refused.at) + hours * hour, reason });
    }
    expect(await world.session('2024-01-03')).toMatchObject({
      state: 'pending',
      evidence: { errorReason: 'malformed' },
    });
  });

  it('is not lost for a refusal of its month that came before it closed', async () => {
    await world.refuse({ month: '2024-01', at: '2024-01-03T18:00Z', reason: 'premiumEndpoint' });
    expect((await world.session('2024-01-03')).state).toBe('pending');
    expect((await world.session('2024-01-02')).state).toBe('unrecoverable');
  });

  it('lies before the first bar of the full history, also for shorter bars, or after the last one of a dead symbol', async () => {
    const dates = world.calendar.sessions({ from: '2023-09-05', to: '2023-12-01' }).map(({ date }) => date);
    const bars = world.expected('2023-09-05', '2023-12-01', 'daily');
    const answered = { interval: 'daily', bars, sessions: dates, outputSize: 'full' } as const;
    const batchId = await world.answer({ ...answered, at: '2024-01-10T00:00Z' });
    for (const interval of ['daily', '60min'] as const) {
      const before = await world.session('2023-09-01', { interval });
      expect(brief(before)).toEqual(['unrecoverable', 'beforeListing', 0, 0]);
      expect(before.evidence.batchIds).toEqual([batchId]);
      expect(brief(await world.session('2023-12-04', { interval }))).toEqual(['unrecoverable', 'delisted', 0, 0]);
      expect((await world.session('2024-01-11', { interval })).state).toBe('pending');
    }
    // A later history that goes on takes that back.
    await world.answer({
      ...{ ...answered, bars: [...bars, ...world.expected('2024-01-12', '2024-01-12', 'daily')], close: '11' },
      ...{ sessions: [...dates, '2024-01-12'], at: '2024-01-15T00:00Z' },
    });
    expect((await world.session('2023-12-04', { interval: 'daily' })).state).toBe('confirmedEmpty');
    expect((await world.session('2023-12-04')).state).toBe('pending');
  });

  it('is within the reach of compact data although the full history is refused', async () => {
    await world.refuse({ interval: 'daily', outputSize: 'full', at: '2024-02-29T23:00Z', reason: 'premiumParameter' });
    const state = async (session: string): Promise<string> =>
      (await world.session(session, { interval: 'daily' })).state;
    expect(await state('2023-10-02')).toBe('unrecoverable');
    expect(await state('2024-02-01')).toBe('pending');
  });

  it('holds bars that our rules rejected, as long as no correction of them is stored', async () => {
    const [first = 0, second = 0, ...others] = world.expected('2024-01-03');
    const month = '2024-01';
    const batchId = await world.answer({
      ...{ bars: [first, ...others.slice(1)], rejected: ['2024-01-03 10:00:00', 'nonsense', '2024-01-04 04:00:00'] },
      ...{ month, at: '2024-02-05T00:00Z' },
    });
    const row = await world.session('2024-01-03');
    expect(brief(row)).toEqual(['unrecoverable', 'rejected', 5, 1]);
    expect(row.evidence.batchIds).toEqual([batchId]);
    await world.answer({ bars: [first, second, ...others.slice(1)], month, at: '2024-02-06T00:00Z' });
    expect(brief(await world.session('2024-01-03'))).toEqual(['present', 6, 1]);
  });
});

describe('what changes a state afterwards', () => {
  const month = '2024-01';

  it('is deleting bars: they are pending, whatever answers had them, until they are stored again', async () => {
    const bars = world.expected('2024-01-02', '2024-01-31');
    await world.answer({ bars, month, at: '2024-02-03T00:00Z' });
    // The second answer stores nothing, and had them all the same.
    await world.answer({ bars, month, at: '2024-02-04T00:00Z' });
    world.store.deleteBars(seriesOf(), world.expected('2024-01-10'));
    expect(brief(await world.session('2024-01-10'))).toEqual(['pending', 0, 0]);
    expect(brief(await world.session('2024-01-11'))).toEqual(['present', 7, 0]);
    await world.answer({ bars, month, at: '2024-02-05T00:00Z' });
    expect(brief(await world.session('2024-01-10'))).toEqual(['present', 7, 0]);
  });

  it('is deleting bars beside legitimate holes: the next answer confirms the holes again', async () => {
    const bars = world.expected('2024-01-02', '2024-01-31').filter((_, index) => index % 3 !== 1);
    await world.answer({ bars, month, at: '2024-02-03T00:00Z' });
    expect((await world.session('2024-01-10')).state).toBe('present');
    world.store.deleteBars(seriesOf(), world.expected('2024-01-10'));
    expect((await world.session('2024-01-10')).state).toBe('pending');
    await world.answer({ bars, month, at: '2024-02-05T00:00Z' });
    const row = await world.session('2024-01-10');
    expect([row.state, row.present + row.absentConfirmed]).toEqual(['present', 7]);
  });

  it('is a calendar that was corrected: what it touches is judged anew, under its version', async () => {
    await world.answer({ bars: world.expected('2024-01-03').slice(0, 4), at: '2024-01-03T23:00Z' });
    const before = await world.session('2024-01-03');
    expect(brief(before)).toEqual(['pending', 4, 0]);
    const exception = { date: '2024-01-03', reason: 'a storm' } as const;
    world.calendar = createCalendar('XNYS', { exceptions: [{ kind: 'hours', close: '13:00', ...exception }] });
    const early = await world.session('2024-01-03');
    expect(brief(early)).toEqual(['present', 4, 0]);
    expect(early.evidence.calendarVersion).not.toBe(before.evidence.calendarVersion);
    world.calendar = createCalendar('XNYS', { exceptions: [{ kind: 'closed', ...exception }] });
    expect(await world.rows({ from: '2024-01-03', to: '2024-01-04' })).toMatchObject([{ session: '2024-01-04' }]);
    const moved = { ...exception, date: '2024-01-06' };
    world.calendar = createCalendar('XNYS', {
      exceptions: [{ kind: 'hours', open: '09:30', close: '13:00', ...moved }],
    });
    expect(brief(await world.session('2024-01-03'))).toEqual(['pending', 4, 0]);
    expect((await world.session('2024-01-06')).expected).toBe(4);
  });

  it('is a late correction: the newest batch is the evidence, and what was empty is present', async () => {
    const bars = [...world.expected('2024-01-03'), ...world.expected('2024-01-05')];
    await world.answer({ bars, month, at: '2024-02-03T00:00Z' });
    expect((await world.session('2024-01-04')).state).toBe('confirmedEmpty');
    const corrected = await world.answer({
      ...{ bars: world.expected('2024-01-03', '2024-01-05'), close: '11', month },
      at: Date.parse('2024-02-03T00:00Z') + day,
    });
    for (const session of ['2024-01-03', '2024-01-04']) {
      const row = await world.session(session);
      expect(brief(row)).toEqual(['present', 7, 0]);
      expect(row.evidence.batchIds).toEqual([corrected]);
    }
  });

  it('is a batch that waited in the spool: its outcome counts, not its acceptance', async () => {
    const bars = world.expected('2024-01-02', '2024-01-31');
    const batchId = await world.answer({ bars, month, at: '2024-02-03T00:00Z' });
    const [record] = await world.store.getCollections();
    if (record === undefined) throw new Error('no record was kept');
    world.store.deleteBars(seriesOf(), bars);
    await world.store.insertCollection({ ...record, outcome: 'spooled', stored: 0, spooled: bars.length });
    expect(await world.session('2024-01-03')).toMatchObject({ state: 'pending', evidence: { batchIds: [batchId] } });
  });
});

describe('a ledger', () => {
  it('judges every symbol that is stored when none is named, each by its own exchange', async () => {
    world.settings = { ...world.settings, exchanges: new Map([['.TRT', 'XTSE']]) };
    const bars = world.expected('2024-01-03');
    for (const symbol of ['ZZZ', 'ABC']) await world.answer({ symbol, bars, at: '2024-01-04T00:00Z' });
    const rows = await world.rows({ symbols: undefined, from: '2024-01-03', to: '2024-01-04' });
    expect(rows.map(({ symbol, session, state }) => [symbol, session, state])).toEqual([
      ['ABC', '2024-01-03', 'present'],
      ['ABC', '2024-01-04', 'pending'],
      ['ZZZ', '2024-01-03', 'present'],
      ['ZZZ', '2024-01-04', 'pending'],
    ]);
  });

  it('keeps symbols apart that compact data covers in parts', async () => {
    const bars = world.expected('2024-01-03');
    const symbols = Array.from({ length: 120 }, (_, number) => `SYM${number}`);
    for (const [number, symbol] of symbols.entries()) {
      const had = bars.filter((_, index) => index >= 2 && index !== 3 + (number % 3));
      await world.answer({ symbol, bars: had, outputSize: 'compact', at: '2024-01-04T00:00Z' });
    }
    const rows = await world.rows({ symbols, from: '2024-01-03', to: '2024-01-03' });
    expect(rows.map(brief)).toEqual(symbols.map(() => ['pending', 4, 1]));
  });

  it('takes each symbol once, however it is written, and refuses what is none', async () => {
    const rows = await world.rows({ symbols: ['ibm', 'IBM'], from: '2024-01-03', to: '2024-01-03' });
    expect(rows.map(({ symbol }) => symbol)).toEqual(['IBM']);
    const range = { from: '2024-01-03', to: '2024-01-03' };
    await expect(world.rows({ ...range, symbols: ['../etc'] })).rejects.toMatchObject({ reason: 'invalidSymbol' });
    await expect(world.rows({ ...range, from: '2024-02-30' })).rejects.toMatchObject({ reason: 'invalidDate' });
    await expect(world.rows({ ...range, to: '2199-01-01' })).rejects.toMatchObject({ reason: 'outsideCalendar' });
  });
});

it('lets others have their turn between two symbols', async () => {
  const symbols = Array.from({ length: 20 }, (_, index) => `S${index}`);
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  const rows = await world.rows({ symbols, from: '2024-01-03', to: '2024-01-04' });
  clearImmediate(next);
  expect(rows).toHaveLength(40);
  expect(turns).toBeGreaterThanOrEqual(symbols.length);
});
