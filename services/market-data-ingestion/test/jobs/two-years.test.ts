import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bind, resolve } from '@quantumtrade/core-defaults';
import { VirtualClock } from '@quantumtrade/core-testing';
import { Redacted, tokens } from '@quantumtrade/core-traits';
import { DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import { calendarOf } from '@quantumtrade/market-calendar';
import { marketDataTokens } from '@quantumtrade/shared-types';
import { container } from 'tsyringe';
import { expect, it, onTestFinished } from 'vitest';
import { EmbeddedEngine } from '../../../../packages/database-abstraction/src/engine/embedded-engine.ts';
import { AlphaVantageCollector } from '../../src/collectors/alpha-vantage/alpha-vantage-collector.ts';
import { alphaVantage } from '../../src/collectors/alpha-vantage/vendor.ts';
import { registerMarketDataIngestion } from '../../src/composition.ts';
import { createJobs } from '../../src/jobs/create-jobs.ts';
import { isSettled } from '../../src/jobs/job.ts';
import { MarketDataIngestionServiceToken } from '../../src/service.ts';
import { createVendorAccount } from '../../src/vendors/vendor-account.ts';
import { capture } from '../cli/capture.ts';
import { scriptedVendor } from './scripted-vendor.ts';

const symbols = ['AAA', 'BBB', 'CCC'];
const [from, to] = ['2022-01', '2023-12'];
const perDay = 25;
const workers = 3;

it('accounts for two years of three symbols, through holes, refusals, spent days and restarts', {
  timeout: 120_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'two-years-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const clock = new VirtualClock({ start: Date.UTC(2024, 1, 10, 12) });
  const vendor = scriptedVendor(clock, perDay - 5);
  const process_ = () => startProcess(clock, vendor, directory);

  let current = await process_();
  const request = { symbols, interval: '60min', from, to };
  const plan = await current.jobs.board.plan(request);
  expect(plan.items).toHaveLength(72);
  await current.jobs.board.create(plan);
  let restarts = 0;
  for (;;) {
    const { items } = await current.jobs.board.progress(plan.id);
    if (isSettled(items)) break;
    // Again and again the process ends in the middle of its work.
    if (items.completed >= (restarts + 1) * 10) {
      restarts += 1;
      await current.end();
      current = await process_();
    }
    await current.passTime();
  }

  // Every month came to an end, and the one that never came is told of.
  const letters = await current.jobs.board.deadLetters();
  expect(letters.map(({ id, failure }) => [id, failure?.reason])).toEqual([[`${plan.id}/BBB/2022-05`, 'outage']]);
  expect((await current.jobs.board.progress(plan.id)).items).toMatchObject({ completed: 71, failed: 1, cancelled: 0 });

  // Each session has its answer: nothing is pending but the month that is a dead letter, and its evidence says why.
  const range = { interval: '60min', from: `${from}-01`, to: `${to}-31` } as const;
  const rows = await current.service.coverage({ symbols, ...range });
  expect(rows).toHaveLength(symbols.length * calendarOf('XNYS').sessions(range).length);
  const pending = rows.filter(({ state }) => state === 'pending');
  expect(new Set(pending.map(({ symbol, session }) => `${symbol} ${session.slice(0, 7)}`))).toEqual(
    new Set(['BBB 2022-05']),
  );
  for (const { evidence } of pending) expect(evidence.errorReason).toBe('outage');
  const collections = new Map((await current.database.clickhouse.getCollections({})).map((one) => [one.batchId, one]));
  const holes = rows.filter(({ state, absentConfirmed }) => state !== 'pending' && absentConfirmed > 0);
  for (const { symbol, session, state, evidence, ...counts } of rows) {
    if (pending.some((row) => row.symbol === symbol && row.session === session)) continue;
    expect([symbol, session, counts.present + counts.absentConfirmed]).toEqual([symbol, session, counts.expected]);
    const [open] = calendarOf('XNYS').sessions({ from: session, to: session });
    const bars = open === undefined ? [] : [...calendarOf('XNYS').expectedBars('60min', open)];
    const had = bars.filter((bar) => vendor.has(symbol, labelOf(bar))).length;
    expect([symbol, session, state, counts.present]).toEqual([
      symbol,
      session,
      had > 0 ? 'present' : 'confirmedEmpty',
      had,
    ]);
    for (const batchId of evidence.batchIds) {
      expect(collections.get(batchId)).toMatchObject({ symbol, month: session.slice(0, 7) });
      // Bars are there also where their process ended before it could say so; an absence takes an answer to the end.
      if (counts.absentConfirmed > 0) expect(collections.get(batchId)?.outcome).toBe('stored');
    }
    expect(evidence.batchIds.length).toBeGreaterThan(0);
  }
  expect(holes.map(({ symbol }) => symbol)).toContain('BBB');
  expect(holes.filter(({ state }) => state === 'confirmedEmpty').map(({ session }) => session)).toEqual(['2022-10-12']);

  // No month whose bars were stored was asked for again, beyond what an interruption cut off.
  const got = vendor.calls.filter(({ answer }) => answer === 'bars').length;
  expect(restarts).toBeGreaterThanOrEqual(6);
  expect(got).toBeGreaterThanOrEqual(71);
  expect(got).toBeLessThanOrEqual(71 + restarts * workers);
  expect(vendor.calls.filter(({ answer }) => answer === 'dailyQuota').length).toBeGreaterThan(0);
  expect(vendor.calls.filter(({ answer }) => answer === 'outage').length).toBeGreaterThan(5);

  // Bars that are deleted are asked for again, and nothing else is.
  await current.end();
  await deleteBars(directory, 'AAA', '2022-03-08');
  current = await process_();
  const asked = vendor.calls.length;
  const repair = await current.jobs.board.plan(request);
  expect(repair.items.map(({ symbol, month }) => [symbol, month])).toEqual([['AAA', '2022-03']]);
  await current.jobs.board.create(repair);
  while (!isSettled((await current.jobs.board.progress(repair.id)).items)) await current.passTime();
  const again = vendor.calls.slice(asked);
  expect(new Set(again.map(({ symbol, month }) => `${symbol} ${month}`))).toEqual(new Set(['AAA 2022-03']));
  expect(again.filter(({ answer }) => answer === 'bars')).toHaveLength(1);
  const states = (all: typeof rows) => all.map(({ symbol, session, state }) => `${symbol} ${session} ${state}`);
  expect(states(await current.service.coverage({ symbols, ...range }))).toEqual(states(rows));
  await current.end();
});

/** Deletes what is stored of a day, as somebody with the store's own tools would. */
async function deleteBars(directory: string, symbol: string, day: string): Promise<void> {
  const engine = await EmbeddedEngine.open({
    ...{ dataDirectory: directory, clock: new VirtualClock(), lockTimeoutMs: 0, command: 'test' },
  });
  await engine.command(
    `ALTER TABLE market_data.bars DELETE WHERE symbol = '${symbol}' AND toDate(open_time) = '${day}' SETTINGS mutations_sync = 2`,
  );
  await engine.close();
}

/** A process that works on jobs, with everything but the vendor's socket. */
async function startProcess(clock: VirtualClock, vendor: ReturnType<typeof scriptedVendor>, directory: string) {
  const own = container.createChildContainer();
  bind(own, tokens.Clock, () => clock);
  const environment = {
    MARKET_DATA_DIR: directory,
    ALPHA_VANTAGE_API_KEY: 'a key of two years',
    MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: String(perDay),
    MARKET_DATA_JOBS__WORKERS: String(workers),
    // Time passes faster than the engine works, however busy the machine is.
    MARKET_DATA_COLLECTION__DEADLINE_SECONDS: '86400',
    MARKET_DATA_JOBS__LEASE_SECONDS: '3600',
  };
  bind(own, marketDataTokens.MarketDataCollector, (c) => {
    const configProvider = resolve(c, tokens.ConfigurationProvider);
    const apiKey = new Redacted('a key of two years');
    const { quota, entitlements } = createVendorAccount({
      ...{ configProvider, clock, monitoring: resolve(c, tokens.MonitoringProvider), cache: resolve(c, tokens.Cache) },
      ...{ vendor: alphaVantage, limits: { perDay, perSecond: 5 }, apiKey: () => apiKey },
    });
    return new AlphaVantageCollector({
      settings: {
        ...{ source: 'alpha_vantage', baseUrl: 'https://vendor.test/query', apiKey, implementation: 'server' },
        ...{ timeoutMs: 30_000, defaultOutputSize: 'compact', barLabel: 'start', dataType: 'json' },
        extendedHours: false,
      },
      ...{ quota, entitlements, http: vendor.http, clock, redact: (text) => text },
    });
  });
  registerMarketDataIngestion(own, { environment, logStream: capture() });
  const service = resolve(own, MarketDataIngestionServiceToken);
  const database = resolve(own, DatabaseManagerToken);
  const jobs = await createJobs({
    configProvider: resolve(own, tokens.ConfigurationProvider),
    ...{ clock, monitoring: resolve(own, tokens.MonitoringProvider), errorHandler: resolve(own, tokens.ErrorHandler) },
    ledger: service,
  });
  let busy = 0;
  const runner = jobs.runner({
    gaps: (...query) => service.gaps(...query),
    collectSymbolData: async (...call) => {
      busy += 1;
      try {
        return await service.collectSymbolData(...call);
      } finally {
        busy -= 1;
      }
    },
  });
  /** Lets real work go on, and time pass: slowly while there is work, in big steps while all wait. */
  const passTime = async (): Promise<void> => {
    await new Promise((done) => setTimeout(done, busy > 0 ? 1 : 0));
    const paused = (runner.pause?.until ?? 0) - clock.now();
    await clock.advance(busy > 0 ? 50 : Math.max(1_000, paused));
  };
  const meanwhile = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const ended = work.finally(() => {
      over = true;
    });
    ended.catch(() => {});
    busy += 1;
    while (!over) await passTime();
    busy -= 1;
    return await ended;
  };
  await meanwhile(service.start());
  await runner.start();
  const end = async (): Promise<void> => {
    await meanwhile(runner.stop({ signal: AbortSignal.abort(new Error('the process ends')) }));
    await meanwhile(service.stop());
    await meanwhile(database.close());
    await jobs.close();
  };
  return { jobs, service, database, passTime, end };
}

const newYork = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** As the vendor labels a bar. */
function labelOf(instant: number): string {
  return newYork.format(instant);
}
