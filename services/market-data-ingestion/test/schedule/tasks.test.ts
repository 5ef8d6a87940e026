import { createConfigurationProvider } from '@quantumtrade/core-defaults';
import { partialMock, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { MarketDataMaintenance } from '@quantumtrade/database-abstraction';
import type { CollectionResult, CorporateActionsResult } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { type CollectionOptions, createSchedule, environmentPrefix, type Schedule, sections } from '../../src/index.ts';
import type { JobBoard } from '../../src/jobs/job-board.ts';
import type { JobItem } from '../../src/jobs/job-item.ts';
import { LocalLeases } from '../../src/schedule/leases/local-leases.ts';

interface Call {
  readonly series: string;
  readonly priority: CollectionOptions['priority'];
}

/** What the tasks of the configuration did with a service and stores that only take notes. */
function scheduleWith(
  schedule: Readonly<Record<string, unknown>> = {},
  now = '2026-11-23T08:00Z',
): {
  readonly planned: unknown[];
  readonly schedule: Schedule;
  readonly calls: Call[];
  readonly asked: unknown[];
  fails(symbol: string, error: Error): void;
  breaks(method: keyof MarketDataMaintenance): void;
} {
  const clock = new VirtualClock({ start: Date.parse(now) });
  const calls: Call[] = [];
  const asked: unknown[] = [];
  const planned: unknown[] = [];
  const failing = new Map<string, Error>();
  const broken = new Set<string>();
  const note = (method: keyof MarketDataMaintenance, what: unknown): void => {
    asked.push([method, what]);
    if (!broken.has(method)) return;
    throw new ServiceError({ kind: 'database', reason: 'unavailable', message: `${method} cannot be done` });
  };
  const made = createSchedule({
    configProvider: createConfigurationProvider({
      sections,
      environmentPrefix,
      overrides: {
        schedule,
        collection: { default_symbols: ['AAPL', 'MSFT'], priority_symbols: ['SPY'], concurrent_collections: 1 },
      },
    }),
    clock,
    monitoring: new RecordingMonitoring(),
    leases: new LocalLeases({ clock }),
    jobs: async () => ({
      board: partialMock<JobBoard>('JobBoard', {
        plan: async (wanted) => {
          planned.push(['plan', wanted]);
          const item: JobItem = partialMock('JobItem', {});
          return { id: `job-${wanted.interval}`, known: false, items: [item, item], calls: 2, finished: 1 };
        },
        create: async ({ id }) => void planned.push(['create', id]),
      }),
      close: async () => void planned.push(['close']),
    }),
    service: {
      source: 'fake',
      collectSymbolData: async (symbol, interval, { priority } = {}) => {
        calls.push({ series: `${symbol} ${interval}`, priority });
        const error = failing.get(symbol);
        if (error !== undefined) throw error;
        return {
          collectedCount: 3,
          stored: 2,
          unchanged: 1,
          duplicates: 0,
          quarantined: 0,
          spooled: 0,
        } as CollectionResult;
      },
      collectCorporateActions: async (symbol, kind, { priority } = {}) => {
        calls.push({ series: `${symbol} ${kind}`, priority });
        const error = failing.get(`${symbol} ${kind}`);
        if (error !== undefined) throw error;
        return { stored: 1 } as CorporateActionsResult;
      },
    },
    databaseManager: {
      maintenance: {
        optimise: async () => {
          note('optimise', undefined);
          return [{ table: 'bars', partsBefore: 9, partsAfter: 2 }];
        },
        retain: async (rules) => {
          note('retain', rules);
          return rules.map(({ table, interval }) => ({ table, interval, rows: 5 }));
        },
        cleanUp: async (options) => {
          note('cleanUp', options);
          return { files: 2, bytes: 300 };
        },
      },
    },
  });
  return {
    schedule: made,
    calls,
    asked,
    planned,
    fails: (symbol, error) => void failing.set(symbol, error),
    breaks: (method) => void broken.add(method),
  };
}

describe('the daily task', () => {
  it('collects the daily bars of all symbols, priority symbols first', async () => {
    const { schedule, calls } = scheduleWith();
    const run = await schedule.runNow('daily');
    expect(calls).toEqual([
      { series: 'SPY daily', priority: 'priority' },
      { series: 'AAPL daily', priority: 'default' },
      { series: 'MSFT daily', priority: 'default' },
    ]);
    expect([run.outcome, run.summary]).toEqual(['succeeded', '3 of 3 series collected, 6 new bars']);
    expect(run.facts).toMatchObject({ series: 3, succeeded: 3, collected: 9, stored: 6, unchanged: 3, failures: [] });
  });

  it('collects what the settings say', async () => {
    const { schedule, calls } = scheduleWith({ symbols: ['IBM', 'SPY'], daily: { intervals: ['5min', 'daily'] } });
    await schedule.runNow('daily');
    expect(calls.map(({ series }) => series)).toEqual(['SPY 5min', 'SPY daily', 'IBM 5min', 'IBM daily']);
  });

  it('goes on where one series fails, and names it', async () => {
    const { schedule, fails } = scheduleWith();
    fails('AAPL', new ServiceError({ kind: 'rateLimit', reason: 'dailyQuota', message: 'spent', service: 'fake' }));
    const run = await schedule.runNow('daily');
    expect([run.outcome, run.summary]).toEqual([
      'partial',
      '2 of 3 series collected, 4 new bars; failed: rateLimit/dailyQuota',
    ]);
    expect(run.facts.failures).toEqual([
      { symbol: 'AAPL', interval: 'daily', kind: 'rateLimit', reason: 'dailyQuota' },
    ]);
  });

  it('fails when every series does', async () => {
    const { schedule, fails } = scheduleWith();
    for (const symbol of ['SPY', 'AAPL', 'MSFT']) fails(symbol, new Error('no'));
    expect((await schedule.runNow('daily')).outcome).toBe('failed');
  });
});

describe('the weekly task', () => {
  it('collects dividends and splits after the bars, and goes on where one list fails', async () => {
    const { schedule, calls, fails } = scheduleWith();
    fails(
      'MSFT split',
      new ServiceError({ kind: 'rateLimit', reason: 'dailyQuota', message: 'spent', service: 'fake' }),
    );
    const run = await schedule.runNow('weekly');
    expect(calls.slice(6)).toEqual([
      { series: 'SPY dividend', priority: 'priority' },
      { series: 'SPY split', priority: 'priority' },
      { series: 'AAPL dividend', priority: 'default' },
      { series: 'AAPL split', priority: 'default' },
      { series: 'MSFT dividend', priority: 'default' },
      { series: 'MSFT split', priority: 'default' },
    ]);
    const summary =
      '6 of 6 series collected, 12 new bars; 5 of 6 lists of actions collected, 5 new; failed: rateLimit/dailyQuota';
    expect([run.outcome, run.summary]).toEqual(['partial', summary]);
    expect(run.facts).toMatchObject({
      actions: { failures: [{ symbol: 'MSFT', action: 'split', kind: 'rateLimit', reason: 'dailyQuota' }] },
    });
  });

  it('begins with another symbol each week, after the priority symbols, so that a small quota reaches all', async () => {
    const firsts: unknown[] = [];
    for (const now of ['2026-11-22T08:00Z', '2026-11-29T08:00Z']) {
      const { schedule, calls } = scheduleWith({}, now);
      await schedule.runNow('weekly');
      expect(calls[6]?.series).toBe('SPY dividend');
      firsts.push(calls[8]?.series);
    }
    expect(firsts.toSorted()).toEqual(['AAPL dividend', 'MSFT dividend']);
  });

  it('does so only where the vendor offers them and the settings do not switch it off', async () => {
    const { schedule, fails } = scheduleWith({ symbols: ['IBM'] });
    for (const kind of ['dividend', 'split']) {
      fails(`IBM ${kind}`, new ServiceError({ kind: 'configuration', reason: 'notOffered', message: 'has none' }));
    }
    const run = await schedule.runNow('weekly');
    expect([run.outcome, run.summary]).toEqual(['succeeded', '2 of 2 series collected, 4 new bars']);
    const off = scheduleWith({ symbols: ['IBM'], weekly: { actions: false } });
    await off.schedule.runNow('weekly');
    expect(off.calls.map(({ series }) => series)).toEqual(['IBM weekly', 'IBM monthly']);
  });

  it('collects weekly and monthly bars', async () => {
    const { schedule, calls } = scheduleWith({ symbols: ['IBM'] });
    await schedule.runNow('weekly');
    expect(calls.map(({ series }) => series).slice(0, 2)).toEqual(['IBM weekly', 'IBM monthly']);
  });
});

describe('the backfill task', () => {
  const request = { symbols: ['IBM'], tier: 'T2' };

  it('makes jobs of complete months that are missing, of the lowest tier', async () => {
    const { schedule, planned } = scheduleWith({
      symbols: ['IBM'],
      backfill: { intervals: ['5min', '60min'], months: 3 },
    });
    const run = await schedule.runNow('backfill');
    expect(planned).toEqual([
      ['plan', { ...request, interval: '5min', from: '2026-08', to: '2026-10' }],
      ['create', 'job-5min'],
      ['plan', { ...request, interval: '60min', from: '2026-08', to: '2026-10' }],
      ['create', 'job-60min'],
      ['close'],
    ]);
    expect([run.outcome, run.summary]).toEqual([
      'succeeded',
      '4 items of history wait or are gathered, 2026-08 to 2026-10',
    ]);
    expect(run.facts.jobs).toEqual([
      { interval: '5min', job: 'job-5min', items: 2, complete: 1 },
      { interval: '60min', job: 'job-60min', items: 2, complete: 1 },
    ]);
  });

  it('leaves a month out that has only just ended', async () => {
    const settings = { symbols: ['IBM'], backfill: { intervals: ['5min'], months: 1 } };
    const { schedule, planned } = scheduleWith(settings, '2026-12-01T06:00Z');
    await schedule.runNow('backfill');
    expect(planned[0]).toEqual(['plan', { ...request, interval: '5min', from: '2026-10', to: '2026-10' }]);
  });
});

describe('the maintenance task', () => {
  it('merges and clears away, and keeps all data', async () => {
    const { schedule, asked } = scheduleWith();
    const run = await schedule.runNow('maintenance');
    expect(asked).toEqual([
      ['optimise', undefined],
      ['cleanUp', { before: Date.parse('2026-11-22T08:00Z') }],
    ]);
    expect(run.summary).toBe('7 parts of tables merged away; 2 temporary files and 300 bytes cleared away');
    expect(run.facts).toEqual({
      optimise: [{ table: 'bars', partsBefore: 9, partsAfter: 2 }],
      clean_up: { files: 2, bytes: 300 },
    });
  });

  it('deletes by age what the settings say, before it merges', async () => {
    const retention = [
      { table: 'bars', interval: '1min', days: 365 },
      { table: 'batches', days: 90 },
    ];
    const { schedule, asked } = scheduleWith({ maintenance: { retention, clean_up: false } });
    const run = await schedule.runNow('maintenance');
    expect(asked).toEqual([
      [
        'retain',
        [
          { table: 'bars', interval: '1min', before: Date.parse('2025-11-23T08:00Z') },
          { table: 'batches', interval: undefined, before: Date.parse('2026-08-25T08:00Z') },
        ],
      ],
      ['optimise', undefined],
    ]);
    expect(run.summary).toBe('10 old rows deleted; 7 parts of tables merged away');
  });

  it('goes on where one step fails', async () => {
    const { schedule, breaks } = scheduleWith();
    breaks('optimise');
    const run = await schedule.runNow('maintenance');
    expect([run.outcome, run.summary]).toEqual([
      'partial',
      'optimise failed: optimise cannot be done; 2 temporary files and 300 bytes cleared away',
    ]);
  });

  it('succeeds with nothing to do', async () => {
    const { schedule } = scheduleWith({ maintenance: { optimise: false, clean_up: false } });
    expect(await schedule.runNow('maintenance')).toMatchObject({
      outcome: 'succeeded',
      summary: 'nothing is switched on',
    });
  });
});

describe('the schedule of the settings', () => {
  it('has the tasks that are switched on, and backfill only where intervals are named', () => {
    const names = (schedule: Schedule): string[] => schedule.status().map(({ name }) => name);
    expect(names(scheduleWith().schedule)).toEqual(['daily', 'weekly', 'maintenance']);
    expect(names(scheduleWith({ daily: { enabled: false }, weekly: { enabled: false } }).schedule)).toEqual([
      'maintenance',
    ]);
  });

  it('reports itself as JSON', async () => {
    const { schedule } = scheduleWith();
    await schedule.runNow('daily');
    const { enabled, exchange, tasks } = schedule.health();
    expect([enabled, exchange]).toEqual([true, 'XNYS']);
    expect((tasks as unknown[])[0]).toEqual({
      name: 'daily',
      cron: '30 16 * * 1-5',
      timeZone: 'America/New_York',
      afterSessions: true,
      state: 'stopped',
      problem: null,
      runningSince: null,
      next: ['2026-11-23T21:30:00.000Z', '2026-11-24T21:30:00.000Z', '2026-11-25T21:30:00.000Z'],
      last: {
        outcome: 'succeeded',
        startedAt: '2026-11-23T08:00:00.000Z',
        finishedAt: '2026-11-23T08:00:00.000Z',
        due: null,
        missed: 0,
        summary: '3 of 3 series collected, 6 new bars',
        facts: expect.anything(),
      },
    });
  });
});
