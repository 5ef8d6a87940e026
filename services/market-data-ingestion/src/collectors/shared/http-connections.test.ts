import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { createVendorHttp, type VendorHttp } from './http.ts';

const key = 'SECRETKEY123';
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function listen(server: Server | HttpServer, scheme = 'http'): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/query?apikey=${key}`);
}

function client(idleMs?: number): VendorHttp {
  const http = createVendorHttp(undefined, { idleMs });
  opened.push(http);
  return http;
}

/**
 * A server whose connections answer the first request and close as the second one arrives, as one does that gives up an
 * idle connection at that moment. `cut` says what each further connection does with its first request.
 */
async function forgetfulServer(cut: (connection: number) => boolean = () => false) {
  const sockets: Socket[] = [];
  let requests = 0;
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    const connection = sockets.length;
    let seen = 0;
    socket.on('error', () => {});
    socket.on('data', () => {
      requests += 1;
      seen += 1;
      if (seen > 1 || cut(connection)) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok');
    });
  });
  const url = await listen(server);
  opened.unshift({ close: () => sockets.map((socket) => socket.destroy()) });
  return { url, requests: () => requests, connections: () => sockets.length };
}

describe('a kept-alive connection that the vendor has just closed', () => {
  const timeoutMs = 5000;

  it('costs one more request, for which leave is asked', async () => {
    const { url, requests, connections } = await forgetfulServer();
    const http = client();
    let leave = 0;
    const beforeResend = async (): Promise<void> => {
      leave += 1;
    };
    await http.get(url, { timeoutMs, beforeResend });
    const { status, body } = await http.get(url, { timeoutMs, beforeResend });
    expect([status, String.fromCharCode(...body)]).toEqual([200, 'ok']);
    expect({ leave, requests: requests(), connections: connections() }).toEqual({
      leave: 1,
      requests: 3,
      connections: 2,
    });
  });

  it('is an outage where nothing may be sent again, or not without leave', async () => {
    for (const beforeResend of [undefined, () => Promise.reject(new Error('no quota'))]) {
      const { url, requests } = await forgetfulServer();
      const http = client();
      await http.get(url, { timeoutMs, beforeResend });
      await expect(http.get(url, { timeoutMs, beforeResend })).rejects.toMatchObject({ reason: 'outage' });
      expect(requests()).toBe(2);
    }
  });

  it('is tried again once and no more', async () => {
    const { url, requests } = await forgetfulServer((connection) => connection > 1);
    const http = client();
    const beforeResend = async (): Promise<void> => {};
    await http.get(url, { timeoutMs, beforeResend });
    await expect(http.get(url, { timeoutMs, beforeResend })).rejects.toMatchObject({ reason: 'outage' });
    expect(requests()).toBe(3);
  });

  it('is not tried again when the caller gave up meanwhile', async () => {
    const { url, requests } = await forgetfulServer();
    const http = client();
    const controller = new AbortController();
    await http.get(url, { timeoutMs });
    const beforeResend = async (): Promise<void> => {
      controller.abort(new Error('enough'));
      controller.signal.throwIfAborted();
    };
    const options = { timeoutMs, signal: controller.signal, beforeResend };
    await expect(http.get(url, options)).rejects.toThrow('enough');
    expect(requests()).toBe(2);
  });

  it('is never the reason to repeat a request on a new connection', async () => {
    const { url, requests } = await forgetfulServer(() => true);
    const beforeResend = async (): Promise<void> => {};
    await expect(client().get(url, { timeoutMs, beforeResend })).rejects.toMatchObject({ reason: 'outage' });
    expect(requests()).toBe(1);
  });
});

describe('a connection that is not used', () => {
  it('is closed from this side before the vendor does it', async () => {
    const server = createServer((_, response) => response.end('ok'));
    server.keepAliveTimeout = 60_000;
    const closed = new Promise<void>((resolve) => {
      server.on('connection', (socket) => socket.once('close', () => resolve()));
    });
    const url = await listen(server);
    await client(20).get(url, { timeoutMs: 5000 });
    await closed;
  });

  it('does not count as idle while an answer is waited for', async () => {
    const server = createServer((_, response) => void setTimeout(() => response.end('late'), 50));
    const url = await listen(server);
    expect((await client(10).get(url, { timeoutMs: 5000 })).status).toBe(200);
  });
});

describe('a vendor that cannot be trusted', () => {
  it('is not asked over TLS with a certificate that nobody vouches for', async () => {
    const { private: privateKey, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      keySize: 2048,
    });
    let requests = 0;
    const server = createTlsServer({ key: privateKey, cert }, (_, response) => {
      requests += 1;
      response.end('{}');
    });
    const url = await listen(server, 'https');
    const error: unknown = await client()
      .get(url, { timeoutMs: 5000 })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      kind: 'externalApi',
      reason: 'outage',
      message: expect.stringContaining('SELF_SIGNED'),
    });
    expect(String(error)).not.toContain(key);
    expect(requests).toBe(0);
  });

  it.each([
    'http://vendor.example/query',
    'http://10.0.0.1/query',
    'http://127.0.0.1.vendor.example/',
    'ftp://localhost/',
  ])('is not asked in clear beyond the loopback: %s', async (address) => {
    const url = new URL(`${address}?apikey=${key}`);
    const error: unknown = await client()
      .get(url, { timeoutMs: 5000 })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ kind: 'configuration', reason: 'invalidBaseUrl', retryable: false });
    expect(JSON.stringify(error)).not.toContain(key);
  });
});
