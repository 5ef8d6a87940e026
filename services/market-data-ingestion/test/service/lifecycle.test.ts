import {
  FakeCollector,
  FakeConfiguration,
  InMemoryMarketDataStore,
  RecordingMonitoring,
  ScriptedErrorHandler,
  VirtualClock,
} from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { RawBars } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { createService } from '../../src/create-service.ts';
import { version } from '../../src/version.ts';
import { databaseWith, payload, rejectionOf, serviceWithDoubles, startedService } from './service-with-doubles.ts';

const notRunning = { kind: 'system', reason: 'notRunning', message: expect.stringContaining('start()') };

class ConnectingCollector extends FakeCollector {
  connections = 0;
  failure: Error | undefined;

  async connect(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.connections++;
  }
}

/** A collector whose only answer the test gives when it likes. */
function waitingCollector(): { readonly collector: FakeCollector; readonly answer: (bars: RawBars) => void } {
  const { promise, resolve } = Promise.withResolvers<RawBars>();
  return { collector: new FakeCollector({ answers: () => promise }), answer: resolve };
}

/** Lets everything happen that waits for nothing but promises. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('starting', () => {
  it('brings the schema up to date before the collector is prepared', async () => {
    const journal: string[] = [];
    const collector = new ConnectingCollector();
    collector.connect = async () => void journal.push('connect');
    const { service } = serviceWithDoubles({
      collector,
      runMigrations: async () => {
        journal.push('migrate');
        return [];
      },
    });
    await service.start();
    expect(journal).toEqual(['migrate', 'connect']);
  });

  it('twice, also at the same time, is starting once', async () => {
    let migrations = 0;
    const collector = new ConnectingCollector({ answers: [payload] });
    const { service } = serviceWithDoubles({
      collector,
      runMigrations: async () => {
        migrations++;
        return [];
      },
    });
    await Promise.all([service.start(), service.start()]);
    await service.start();
    expect([migrations, collector.connections]).toEqual([1, 1]);
    expect(await service.collectSymbolData('IBM', 'daily')).toMatchObject({ stored: 3 });
  });

  it('can be tried again after it failed', async () => {
    const collector = new ConnectingCollector({ answers: [payload] });
    collector.failure = new ServiceError({ kind: 'system', message: 'no port is free' });
    const { service } = serviceWithDoubles({ collector });
    expect(await rejectionOf(service.start())).toBe(collector.failure);
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toMatchObject(notRunning);
    expect(await service.readyCheck()).toMatchObject({ ready: false });
    collector.failure = undefined;
    await service.start();
    expect(await service.collectSymbolData('IBM', 'daily')).toMatchObject({ stored: 3 });
  });

  it('is possible again after a stop', async () => {
    const collector = new ConnectingCollector({ answers: [payload] });
    const { service } = await startedService({ collector });
    await service.stop();
    await service.start();
    expect(collector.connections).toBe(2);
    expect(await service.collectSymbolData('IBM', 'daily')).toMatchObject({ stored: 3 });
  });
});

describe('collecting outside the running time', () => {
  it('is refused before the start', async () => {
    const { service, collector } = serviceWithDoubles();
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toMatchObject(notRunning);
    expect(collector.requests).toEqual([]);
  });

  it('is refused after the stop', async () => {
    const { service, collector } = await startedService();
    await service.stop();
    expect(await rejectionOf(service.collectSymbolData('IBM', 'daily'))).toMatchObject(notRunning);
    expect(collector.requests).toEqual([]);
  });
});

describe('stopping', () => {
  it('waits for a collection under way, takes no new one, and then closes the collector', async () => {
    const { collector, answer } = waitingCollector();
    const { service } = await startedService({ collector });
    const pending = service.collectSymbolData('IBM', 'daily');
    let stopped = false;
    const stopping = service.stop().then(() => {
      stopped = true;
    });
    await turn();
    expect([stopped, collector.closed]).toEqual([false, false]);
    expect(await rejectionOf(service.collectSymbolData('MSFT', 'daily'))).toMatchObject(notRunning);
    answer(payload);
    await stopping;
    expect(await pending).toMatchObject({ stored: 3 });
    expect(collector.closed).toBe(true);
  });

  it('also waits for one that fails', async () => {
    const failing = Promise.withResolvers<RawBars>();
    const { service, collector } = await startedService({ answers: () => failing.promise });
    const failure = rejectionOf(service.collectSymbolData('IBM', 'daily'));
    const stopping = service.stop();
    failing.reject(new Error('lost'));
    await stopping;
    expect(await failure).toMatchObject({ message: 'lost' });
    expect(collector.closed).toBe(true);
  });

  it.each(['before', 'while'])('waits no longer when its signal aborts %s it waits', async (when) => {
    const { collector } = waitingCollector();
    const { service, clock } = await startedService({ collector });
    const failure = rejectionOf(service.collectSymbolData('IBM', 'daily'));
    const giveUp = new AbortController();
    if (when === 'before') giveUp.abort();
    const stopping = service.stop({ signal: giveUp.signal });
    await turn();
    giveUp.abort();
    await stopping;
    expect(collector.closed).toBe(true);
    await clock.advance(60_000);
    expect(await failure).toMatchObject({ reason: 'outage' });
  });

  it('does nothing before the start, and nothing the second time', async () => {
    let closed = 0;
    const collector = new FakeCollector();
    collector.close = async () => void closed++;
    const { service } = serviceWithDoubles({ collector });
    await service.stop();
    expect(closed).toBe(0);
    await service.start();
    await service.stop();
    await service.stop();
    expect(closed).toBe(1);
  });

  it('is waited for by a start that comes meanwhile, and the last word counts', async () => {
    const collector = new ConnectingCollector({ answers: [payload] });
    const { service } = await startedService({ collector });
    const closed = Promise.withResolvers<void>();
    const log: string[] = [];
    collector.close = async () => {
      await closed.promise;
      log.push('closed');
    };
    collector.connect = async () => void log.push('connected');
    const stopping = service.stop();
    await expect(service.collectSymbolData('IBM', 'daily')).rejects.toMatchObject({ reason: 'notRunning' });
    const starting = service.start();
    await turn();
    closed.resolve();
    await Promise.all([stopping, starting]);
    expect(log).toEqual(['closed', 'connected']);
    expect((await service.collectSymbolData('IBM', 'daily')).stored).toBe(3);
  });

  it('waits for a start under way, so that nothing stays open behind it', async () => {
    const migrated = Promise.withResolvers<[]>();
    const { service, collector } = serviceWithDoubles({ runMigrations: () => migrated.promise });
    const starting = service.start();
    const stopping = service.stop();
    migrated.resolve([]);
    await Promise.all([starting, stopping]);
    expect(collector.closed).toBe(true);
    expect(await service.readyCheck()).toMatchObject({ ready: false });
  });
});

describe('health and readiness', () => {
  function serviceWithHealth(storeHealthy: () => boolean) {
    const collector = new FakeCollector({ source: 'alpha_vantage' });
    const clock = new VirtualClock();
    const database = databaseWith(new InMemoryMarketDataStore());
    const service = createService({
      configProvider: new FakeConfiguration(),
      databaseManager: {
        ...database,
        clickhouse: database.clickhouse,
        redis: database.redis,
        spool: database.spool,
        connect: async () => {},
        close: async () => {},
        runMigrations: async () => [],
        healthChecks: [
          {
            name: 'clickhouse',
            critical: true,
            check: () =>
              storeHealthy() ? { status: 'healthy', message: '' } : { status: 'unhealthy', message: 'disk full' },
          },
          { name: 'redis', critical: false, check: () => ({ status: 'unhealthy', message: 'away' }) },
        ],
      },
      errorHandler: new ScriptedErrorHandler(),
      monitoring: new RecordingMonitoring(),
      clock,
      collector,
    });
    return { service, collector };
  }

  it('say by component how it is, without asking the vendor anything', async () => {
    const { service, collector } = serviceWithHealth(() => true);
    await service.start();
    const health = await service.healthCheck();
    expect(health).toMatchObject({
      serviceName: 'market-data-ingestion',
      status: 'unhealthy',
      version,
      checks: [
        { name: 'clickhouse', status: 'healthy' },
        { name: 'redis', status: 'unhealthy', message: 'away' },
        { name: 'alpha_vantage', status: 'healthy', implementation: 'fake' },
      ],
    });
    expect(await service.readyCheck()).toEqual({ ready: true });
    expect(collector.requests).toEqual([]);
  });

  it('name the critical component that stands in the way', async () => {
    let healthy = false;
    const { service, collector } = serviceWithHealth(() => healthy);
    expect(await service.readyCheck()).toEqual({ ready: false, reason: 'the service is not started' });
    await service.start();
    expect(await service.readyCheck()).toEqual({ ready: false, reason: 'clickhouse is unhealthy' });
    healthy = true;
    expect(await service.readyCheck()).toEqual({ ready: true });
    await rejectionOf(service.collectSymbolData('IBM', 'daily'));
    expect(await service.readyCheck()).toMatchObject({
      ready: false,
      reason: expect.stringMatching(/^alpha_vantage: .*no answer left/),
    });
    expect(collector.requests).toHaveLength(1);
  });

  it('come from the health that the service was built with', async () => {
    const { service, health } = await startedService();
    health.readiness = { ready: false, reason: 'clickhouse: away' };
    expect(service.serviceName).toBe('ingestion');
    expect(await service.healthCheck()).toMatchObject({ serviceName: 'ingestion', status: 'healthy' });
    expect(await service.readyCheck()).toEqual({ ready: false, reason: 'clickhouse: away' });
    expect(health.calls).toEqual(['healthCheck', 'readyCheck']);
  });
});
