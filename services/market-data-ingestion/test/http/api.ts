import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { barBatch, FakeConfiguration } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import type { FastifyInstance } from 'fastify';
import { type HttpSection, httpSection } from '../../src/configuration/daemon-sections.ts';
import { CollectionJobs } from '../../src/http/collection-jobs.ts';
import { createHttpApi } from '../../src/http/create-http-api.ts';
import type { HttpApiDependencies } from '../../src/http/dependencies.ts';
import { ErrorLog } from '../../src/http/error-log.ts';
import {
  type DoublesOptions,
  databaseWith,
  type ServiceWithDoubles,
  startedService,
} from '../service/service-with-doubles.ts';

export const writeToken = 'the-token-for-everything';
export const readToken = 'the-token-for-reading';

export interface ApiOptions extends DoublesOptions {
  readonly http?: Partial<HttpSection>;
  readonly parts?: Partial<HttpApiDependencies>;
}

/** The interface of a service made from doubles, on a real port of the loopback. */
export interface Api extends ServiceWithDoubles {
  readonly port: number;
  readonly app: FastifyInstance;
  readonly jobs: CollectionJobs;
  readonly errors: ErrorLog;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // What an answer holds is for the test to say.
  readonly json: Readonly<Record<string, unknown>> & { readonly items: readonly Readonly<Record<string, unknown>>[] };
}

/** The settings of an interface with both tokens. */
function httpSettings(changes: Partial<HttpSection> = {}): HttpSection {
  const defaults = new FakeConfiguration().getConfigSection(httpSection);
  return { ...defaults, token: new Redacted(writeToken), requests_per_minute: 'none', ...changes };
}

export async function startApi({ http, parts, ...options }: ApiOptions = {}): Promise<Api> {
  const doubles = await startedService(options);
  const { service, clock, monitoring, store } = doubles;
  const jobs = new CollectionJobs({ service, clock, concurrency: 2, prioritySymbols: ['MSFT'] });
  const errors = new ErrorLog();
  const settings = httpSettings(http);
  const app = await createHttpApi({
    service,
    databaseManager: databaseWith(store, undefined, undefined, doubles.actions),
    clock,
    monitoring,
    jobs,
    errors,
    section: () => settings,
    source: () => service.source,
    redact: (text) => text.replaceAll('the-vendor-key', '[redacted]'),
    ...parts,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    ...doubles,
    port,
    app,
    jobs,
    errors,
    ask: (path, options) => ask(port, path, options),
    close: async () => {
      jobs.cancelAll();
      await app.close();
      await service.stop();
    },
  };
}

/** One request over a connection of its own. */
export async function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', token, headers = {}, body } = options;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return await new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
    });
    sent.end(text);
  });
}

/** What a problem says for programs, after checking that it is one. */
export function problemOf({ headers, json }: Answer): unknown {
  if (!headers['content-type']?.startsWith('application/problem+json')) return headers['content-type'];
  const { kind, reason, status } = json as unknown as Record<string, unknown>;
  return { kind, reason, status };
}

/** Stores a daily bar for each day of January 2024 from the second on, of the source `fake`. */
export async function storeDays(api: Pick<Api, 'store'>, days: number, symbol = 'IBM'): Promise<void> {
  const rows = Array.from({ length: days }, (_, day) => ({
    openTime: new Date(Date.UTC(2024, 0, 2 + day, 5)).toISOString(),
    close: `${100 + day}.5`,
  }));
  await api.store.insertMarketData(barBatch({ symbol, rows }), {
    batchId: `days-of-${symbol}`,
    acceptedAt: Date.UTC(2024, 5, 1),
  });
}
