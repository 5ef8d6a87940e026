import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../src/host/create-host.ts';

let logged = '';
const stream = new Writable({
  write: (chunk, _encoding, done) => {
    logged += chunk;
    done();
  },
});
let dataDirectory: string;
let app: FastifyInstance;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'embed-in-host-'));
  app = await createHost({ dataDirectory, logger: { stream } });
  await app.ready();
}, 60_000);

afterAll(async () => {
  await rm(dataDirectory, { recursive: true });
});

const linesOf = (text: string, name: string): string[] => text.split('\n').filter((line) => line.startsWith(name));

describe('two services inside a Fastify application', { timeout: 30_000 }, () => {
  it('collect from their own vendors into their own databases of one engine', async () => {
    const collected = await app.inject({ method: 'POST', url: '/stocks/AAPL' });
    expect(collected.json()).toEqual({ source: 'alpha_vantage_sandbox', stored: 100, unchanged: 0 });
    const coins = await app.inject({ method: 'POST', url: '/coins/BTC%2FUSD' });
    expect(coins.json()).toMatchObject({ source: 'alpaca_sandbox', stored: 100 });
    expect((await app.inject('/stocks/AAPL')).json()).toMatchObject({ symbol: 'AAPL', close: expect.any(String) });
    expect((await app.inject('/coins/AAPL')).statusCode).toBe(404);
    expect((await app.inject('/bonds/AAPL')).statusCode).toBe(404);
  });

  it('answer what they cannot do in terms of the host', async () => {
    const wrong = await app.inject({ method: 'POST', url: '/stocks/A%20B' });
    expect([wrong.statusCode, wrong.json()]).toEqual([400, { error: 'invalidSymbol' }]);
    const unknown = await app.inject({ method: 'POST', url: '/stocks/INVALID' });
    expect([unknown.statusCode, unknown.json()]).toEqual([502, { error: 'unknownRequest' }]);
  });

  it('measure into the registry of the host, told apart by a label, and up to date', async () => {
    const { body } = await app.inject('/metrics');
    expect(linesOf(body, 'host_requests_total')).toHaveLength(1);
    expect(linesOf(body, 'ingestion_data_points_stored_total')).toEqual([
      'ingestion_data_points_stored_total{interval="daily",feed="stocks"} 100',
      'ingestion_data_points_stored_total{interval="daily",feed="coins"} 100',
    ]);
    expect(linesOf(body, 'ingestion_data_quality_score_count')).toHaveLength(2);
    for (const feed of ['stocks', 'coins']) {
      expect(body).toContain(`ingestion_component_health{component="clickhouse",feed="${feed}"} 1`);
    }
    expect((await app.inject('/health')).json()).toEqual({ stocks: 'healthy', coins: 'healthy' });
  });

  it('log through the logger of the host, and end with the application', async () => {
    await app.close();
    const records = logged
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; feed?: string; level: number });
    const told = records.filter(({ feed }) => feed !== undefined).map(({ feed, msg }) => `${feed}: ${msg}`);
    expect(told.slice(0, 2)).toEqual(['stocks: service started', 'coins: service started']);
    expect(told.slice(-2)).toEqual(['stocks: service stopped', 'coins: service stopped']);
    expect(records.some(({ level, feed }) => level === 50 && feed === 'stocks')).toBe(true);
  });
});
