import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { isServiceError } from '@quantumtrade/core-traits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVendorHttp, type VendorHttp, type VendorHttpOptions } from './http.ts';

const key = 'SECRETKEY123';
const patient: VendorHttpOptions = { timeoutMs: 5000 };

let http: VendorHttp;
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let url: URL;
let requests: IncomingMessage[];

beforeEach(async () => {
  http = createVendorHttp();
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/query?symbol=IBM&apikey=${key}`);
});

afterEach(async () => {
  http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** The error of a failed request, checked for what must hold for every one. */
async function failure(options: VendorHttpOptions = patient): Promise<unknown> {
  try {
    await http.get(url, options);
  } catch (error) {
    expect(`${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}`).not.toContain(key);
    if (isServiceError(error)) expect(error.message).not.toMatch(/\n/);
    return error;
  }
  throw new Error('the request succeeded');
}

describe('createVendorHttp', () => {
  it('gives status, headers and body as they came', async () => {
    answer = (_, response) => response.writeHead(200, { 'Retry-After': '7', 'set-cookie': ['a', 'b'] }).end('hällo');
    const { status, headers, body } = await http.get(url, patient);
    expect([status, headers['retry-after'], headers['set-cookie']]).toEqual([200, '7', 'a, b']);
    expect(new TextDecoder().decode(body)).toBe('hällo');
    expect(requests[0]?.url).toBe(`/query?symbol=IBM&apikey=${key}`);
  });

  it.each([404, 429, 500, 503])('has no opinion about status %d and asks once', async (status) => {
    answer = (_, response) => response.writeHead(status).end('{}');
    expect((await http.get(url, patient)).status).toBe(status);
    expect(requests).toHaveLength(1);
  });

  it('decompresses', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1000)));
    expect((await http.get(url, patient)).body).toHaveLength(1000);
  });

  it('reuses its connection', async () => {
    answer = (_, response) => response.end('a');
    await http.get(url, patient);
    await http.get(url, patient);
    expect(requests[0]?.socket).toBe(requests[1]?.socket);
  });

  it('does not follow a redirect', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    expect((await http.get(url, patient)).status).toBe(302);
    expect(requests).toHaveLength(1);
  });

  it('ends a decompression bomb at the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    expect(await failure({ ...patient, maxBytes: 100_000 })).toMatchObject({
      kind: 'externalApi',
      reason: 'malformed',
      retryable: false,
      message: expect.stringContaining('100000 bytes'),
    });
  });

  it('takes a body of exactly the cap', async () => {
    answer = (_, response) => response.end('x'.repeat(1000));
    expect((await http.get(url, { ...patient, maxBytes: 1000 })).body).toHaveLength(1000);
    expect(await failure({ ...patient, maxBytes: 999 })).toMatchObject({ reason: 'malformed' });
  });

  it('ends a body that drips too slowly', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    };
    expect(await failure({ timeoutMs: 40 })).toMatchObject({ kind: 'externalApi', reason: 'outage', retryable: true });
  });

  it('ends a request that nobody answers', async () => {
    answer = () => {};
    expect(await failure({ timeoutMs: 30 })).toMatchObject({ kind: 'externalApi', reason: 'outage', retryable: true });
  });

  it.each([
    ['with a length', { 'content-length': '1000' }],
    ['in chunks', {}],
  ])('gives nothing of a body %s that is reset half-way', async (_, headers) => {
    answer = (_request, response) => {
      response.writeHead(200, headers);
      response.write('{"Meta Data": {', () => response.socket?.destroy());
    };
    expect(await failure()).toMatchObject({
      kind: 'externalApi',
      reason: 'outage',
      retryable: true,
      details: { api: 'alpha_vantage' },
    });
  });

  it('calls a compressed body that breaks off or is no such thing malformed', async () => {
    const packed = gzipSync('x'.repeat(1000));
    for (const body of [packed.subarray(0, packed.length - 10), Buffer.from('no gzip')]) {
      answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
      expect(await failure()).toMatchObject({ kind: 'externalApi', reason: 'malformed', retryable: true });
    }
  });

  it('calls a refused connection an outage and names its code', async () => {
    await new Promise((resolve) => server.close(resolve));
    const error = await failure();
    expect(error).toMatchObject({ kind: 'externalApi', reason: 'outage', retryable: true });
    expect((error as Error).message).toContain('ECONNREFUSED');
    expect(Object.keys((error as Error).cause as object)).toEqual([]);
  });

  it('calls an answer that is no HTTP an outage', async () => {
    answer = (request) => request.socket.end(`garbage ${key}\r\n\r\n`);
    expect(await failure()).toMatchObject({ kind: 'externalApi', reason: 'outage' });
  });

  it('rejects with the reason of the signal, before and during the request', async () => {
    const reason = new Error('shutting down');
    expect(await failure({ ...patient, signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(requests).toHaveLength(0);
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (_, response) => {
        response.on('close', resolve);
        response.write('x', () => controller.abort(reason));
      };
    });
    expect(await failure({ ...patient, signal: controller.signal })).toBe(reason);
    await closed;
  });
});
