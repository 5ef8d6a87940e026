import { isServiceError } from '@quantumtrade/core-traits';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { Counter, Registry } from 'prom-client';
import { createFeed, type Feed } from './feed.ts';

export interface HostOptions {
  /** Where the embedded engine of all feeds lives. */
  readonly dataDirectory: string;
  readonly logger: NonNullable<FastifyServerOptions['logger']>;
}

type Path = { readonly feed: string; readonly symbol: string };

/**
 * An application with routes of its own that has two ingestion services inside: of stocks and of digital currencies, in
 * two databases of one embedded engine. They start with the application and end with it.
 */
export async function createHost({ dataDirectory, logger }: HostOptions): Promise<FastifyInstance> {
  const app = fastify({ logger });
  const registry = new Registry();
  const visits = new Counter({ name: 'host_requests_total', help: 'Requests.', registers: [registry] });
  app.addHook('onRequest', async () => visits.inc());

  const parts = { dataDirectory, registry, logger: app.log };
  const feeds = new Map<string, Feed>();
  for (const [name, vendor] of [
    ['stocks', 'alpha_vantage'],
    ['coins', 'alpaca'],
  ] as const) {
    feeds.set(name, createFeed({ ...parts, name, vendor }));
  }
  app.addHook('onReady', async () => {
    for (const { service } of feeds.values()) await service.start();
  });
  // After the last request was answered: collections end first, then the stores.
  app.addHook('onClose', async () => {
    for (const { service, databaseManager } of feeds.values()) {
      await service.stop();
      await databaseManager.close();
    }
  });

  app.post<{ Params: Path }>('/:feed/:symbol', async ({ params }, reply) => {
    const feed = feeds.get(params.feed);
    if (feed === undefined) return await reply.code(404).send({ error: 'no such feed' });
    try {
      const { source, stored, unchanged } = await feed.service.collectSymbolData(params.symbol, 'daily');
      return { source, stored, unchanged };
    } catch (error) {
      if (!isServiceError(error)) throw error;
      return await reply.code(error.kind === 'configuration' ? 400 : 502).send({ error: error.reason });
    }
  });
  app.get<{ Params: Path }>('/:feed/:symbol', async ({ params }, reply) => {
    const feed = feeds.get(params.feed);
    if (feed === undefined) return await reply.code(404).send({ error: 'no such feed' });
    const [newest] = await feed.databaseManager.clickhouse.getMarketData({
      symbol: params.symbol,
      interval: 'daily',
      source: feed.service.source,
      adjustment: 'raw',
      newest: true,
      limit: 1,
    });
    if (newest === undefined) return await reply.code(404).send({ error: 'nothing is stored' });
    return { symbol: newest.symbol, openTime: newest.openTime.toISO(), close: newest.close.toFixed() };
  });
  app.get('/health', async () => {
    const reports = await Promise.all([...feeds.values()].map(({ service }) => service.healthCheck()));
    return Object.fromEntries([...feeds.keys()].map((name, index) => [name, reports[index]?.status]));
  });
  app.get('/metrics', async (_, reply) => {
    await Promise.all([...feeds.values()].map(({ monitoring }) => monitoring.sample()));
    return await reply.type(registry.contentType).send(await registry.metrics());
  });
  return app;
}
