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
const series = { interval: '60min', source: 'alpha_vantage', adjustment: 'raw' } as const;

it('accounts for two years of three symbols, through holes, refusals, spent days and restarts', {
  timeout: 120_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'two-years-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const clock = new VirtualClock({ start: Date.UTC(2024, 1, 10, 12) });
  const vendor = scriptedVendor(clock, perDay - 5);
  const process_ = () => startProcess(clock, vendor, directory);

  let current = await process_();
  const plan = await current.jobs.board.plan({ symbols, interval: '60min', from, to });
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

  // Every bar that should be there is there, or the vendor answered without it, or the month is a dead letter.
  const calendar = calendarOf('XNYS');
  const sessions = calendar.sessions({ from: `${from}-01`, to: `${to}-31` });
  const records = await current.database.clickhouse.getCollections({});
  for (const symbol of symbols) {
    const bars = await current.database.clickhouse.getMarketData({ ...series, symbol });
    const stored = new Set(bars.map(({ openTime }) => openTime.toMillis()));
    const answered = new Map(
      records.flatMap((record) =>
        record.symbol === symbol && record.outcome === 'stored' ? [[record.month, record]] : [],
      ),
    );
    const unexplained = sessions.flatMap((session) =>
      [...calendar.expectedBars('60min', session, { alignment: 'session' })].filter((open) => {
        const month = session.date.slice(0, 7);
        if (stored.has(open) || letters.some(({ id }) => id.endsWith(`/${symbol}/${month}`))) return false;
        return vendor.has(symbol, labelOf(open)) || !answered.has(month);
      }),
    );
    expect(unexplained, symbol).toEqual([]);
    expect(stored.size).toBeGreaterThan(3_000);
  }

  // No month whose bars were stored was asked for again, beyond what an interruption cut off.
  const got = vendor.calls.filter(({ answer }) => answer === 'bars').length;
  expect(restarts).toBeGreaterThanOrEqual(6);
  expect(got).toBeGreaterThanOrEqual(71);
  expect(got).toBeLessThanOrEqual(71 + restarts * workers);
  expect(vendor.calls.filter(({ answer }) => answer === 'dailyQuota').length).toBeGreaterThan(0);
  expect(vendor.calls.filter(({ answer }) => answer === 'outage').length).toBeGreaterThan(5);
  await current.end();
});

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
        ...{ source: series.source, baseUrl: 'https://vendor.test/query', apiKey, implementation: 'server' },
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
  });
  let busy = 0;
  const runner = jobs.runner({
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
  return { jobs, database, passTime, end };
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
