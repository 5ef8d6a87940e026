import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Redacted } from '@quantumtrade/core-traits';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { payload } from '../service/service-with-doubles.ts';
import { type Answer, type Api, type ApiOptions, problemOf, readToken, startApi, writeToken } from './api.ts';

// A thousand connections take their time on a machine that is busy.
vi.setConfig({ testTimeout: 30_000 });

const opened: Api[] = [];

async function api(options: ApiOptions = {}): Promise<Api> {
  const started = await startApi(options);
  opened.push(started);
  return started;
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const collection = { symbols: ['IBM'], interval: 'daily' };
const withTokens = { read_token: new Redacted(readToken) };

/** Says something over a bare connection and gives everything that comes back until its end. */
async function raw(port: number, ...said: readonly string[]): Promise<string> {
  return await new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', async () => {
      for (const text of said) {
        socket.write(text);
        await pause(1);
      }
    });
    socket.on('data', (chunk) => {
      heard += chunk.toString('utf8');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

describe('who has no right', () => {
  it('may not change anything without a token, with a wrong one, or with one for reading', async () => {
    const subject = await api({ http: withTokens });
    const post = (token?: string): Promise<Answer> =>
      subject.ask('/api/v1/collections', { method: 'POST', body: collection, ...(token && { token }) });
    expect(problemOf(await post())).toMatchObject({ reason: 'tokenMissing', status: 401 });
    expect(problemOf(await post(`${writeToken}!`))).toMatchObject({ reason: 'tokenRefused', status: 401 });
    expect(problemOf(await post(writeToken.slice(0, -1)))).toMatchObject({ reason: 'tokenRefused', status: 401 });
    expect(problemOf(await post(readToken))).toMatchObject({ reason: 'scopeMissing', status: 403 });
    expect((await post()).headers['www-authenticate']).toBe('Bearer');
    expect(subject.collector.requests).toEqual([]);
    expect((await post(writeToken)).status).toBe(202);
  });

  it('may not read either where there is a token for reading; probes stay open', async () => {
    const subject = await api({ http: withTokens });
    const paths = ['/api/v1/bars/IBM?interval=daily', '/health', '/api/v1/batches'];
    for (const path of paths) {
      expect(problemOf(await subject.ask(path))).toMatchObject({ reason: 'tokenMissing' });
      expect(problemOf(await subject.ask(path, { token: 'something-else-entirely' }))).toMatchObject({
        reason: 'tokenRefused',
      });
      for (const token of [readToken, writeToken]) expect((await subject.ask(path, { token })).status).toBe(200);
    }
    for (const path of ['/', '/live', '/ready', '/openapi.json']) expect((await subject.ask(path)).status).toBe(200);
  });

  it('is not let in by anything that is no bearer token', async () => {
    const subject = await api();
    const offers = [
      'Basic dXNlcjpwYXNz',
      'Bearer',
      'Bearer ',
      `Token ${writeToken}`,
      `Bearer ${writeToken} ${writeToken}`,
    ];
    for (const authorization of offers) {
      const answer = await subject.ask('/api/v1/collections', {
        method: 'POST',
        body: collection,
        headers: { authorization },
      });
      expect(problemOf(answer)).toMatchObject({ reason: 'tokenRefused', status: 401 });
    }
  });

  it('reads nothing of a service that listens beyond the loopback', async () => {
    const subject = await api({ http: { host: '0.0.0.0' } });
    expect(problemOf(await subject.ask('/api/v1/batches'))).toMatchObject({ reason: 'tokenMissing' });
  });

  it('reads on the loopback, and is still refused with a token that is wrong', async () => {
    const subject = await api();
    expect((await subject.ask('/api/v1/batches')).status).toBe(200);
    expect((await subject.ask('/api/v1/batches', { token: 'guess-guess-guess-guess' })).status).toBe(401);
  });
});

describe('a page of another site', () => {
  it('cannot make its own name point here', async () => {
    const subject = await api({ http: { allowed_hosts: ['market.example'] } });
    const status = async (host: string): Promise<number> => (await subject.ask('/live', { headers: { host } })).status;
    for (const host of ['evil.example', 'market.example.evil.example', 'localhost.evil.example', 'a b', '[x]']) {
      expect([host, await status(host)]).toEqual([host, 421]);
    }
    for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:80', 'market.example:443']) {
      expect([host, await status(host)]).toEqual([host, 200]);
    }
  });

  it('names one host and no other: a request with none or two is no request', async () => {
    const subject = await api();
    for (const hosts of ['', 'host: localhost\r\nHost: evil.example\r\n']) {
      const heard = await raw(subject.port, `GET /live HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`);
      expect([hosts, heard]).toEqual([hosts, expect.stringMatching(/^HTTP\/1.1 400 (.|\r|\n)*invalidBody/)]);
    }
  });

  it('cannot let the browser of its visitor change anything', async () => {
    const subject = await api();
    const post = (headers: Record<string, string>): Promise<Answer> =>
      subject.ask('/api/v1/collections', { method: 'POST', token: writeToken, body: collection, headers });
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${subject.port + 1}`]) {
      expect(problemOf(await post({ origin }))).toMatchObject({ reason: 'originRefused', status: 403 });
    }
    const form = await post({ 'content-type': 'application/x-www-form-urlencoded' });
    expect(problemOf(form)).toMatchObject({ reason: 'unsupportedMediaType', status: 415 });
    expect((await post({ origin: `http://127.0.0.1:${subject.port}` })).status).toBe(202);
  });

  it('gets strict headers with every answer, refusals included', async () => {
    const subject = await api();
    for (const path of ['/live', '/nowhere', '/api/v1/bars/%00?interval=daily', '/docs/']) {
      const { headers } = await subject.ask(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': expect.any(String),
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'cache-control': expect.any(String),
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});

describe('a request that is too much', () => {
  it('is refused by its body, whether it says its length or not', async () => {
    const subject = await api({ http: { max_body_bytes: 1000 } });
    const body = { symbols: ['x'.repeat(2000)], interval: 'daily' };
    const answer = await subject.ask('/api/v1/collections', { method: 'POST', token: writeToken, body });
    expect(problemOf(answer)).toMatchObject({ reason: 'bodyTooLarge', status: 413 });
    const heard = await raw(
      subject.port,
      `POST /api/v1/collections HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer ${writeToken}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      `7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`,
    );
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is refused by its headers and by the length of its address', async () => {
    const subject = await api({ http: { max_header_bytes: 2000 } });
    const heard = await raw(subject.port, `GET /live HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(3000)}\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 431 /);
    expect(heard).toContain('"reason":"headerTooLarge"');
    const answer = await subject.ask(`/api/v1/bars/${'A'.repeat(500)}?interval=daily`);
    expect(problemOf(answer)).toMatchObject({ status: 400 });
  });

  it('is given up when it comes too slowly, head or body', async () => {
    const subject = await api({ http: { request_timeout_seconds: 0.05 } });
    const head = await raw(subject.port, 'GET /live HTTP/1.1\r\nhost: local');
    expect(head).toMatch(/^HTTP\/1\.1 408 /);
    const body = await raw(
      subject.port,
      `POST /api/v1/collections HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${writeToken}\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{`,
    );
    expect(body).toMatch(/^HTTP\/1\.1 408 /);
    expect(body).toContain('"reason":"requestTimeout"');
    expect(subject.collector.requests).toEqual([]);
  });

  it('that is no HTTP is answered and cut off', async () => {
    const subject = await api();
    for (const said of ['\u0016\u0003\u0001\u0000', 'GET\r\n\r\n', 'GET / HTTP/1.1\r\nhost: a\r\nhost : b\r\n\r\n']) {
      expect(await raw(subject.port, said)).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect((await subject.ask('/live')).status).toBe(200);
  });

  it('is refused for a while after too many of one address, tokens or none', async () => {
    const subject = await api({ http: { requests_per_minute: 5 } });
    for (let at = 0; at < 5; at += 1) await subject.ask('/api/v1/quota', { token: `guess-number-${at}-of-many` });
    const answer = await subject.ask('/api/v1/collections', { method: 'POST', token: writeToken, body: collection });
    expect(problemOf(answer)).toMatchObject({ reason: 'tooManyRequests', status: 429 });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await subject.ask('/nowhere')).status).toBe(429);
  });
});

describe('a trick in a symbol', async () => {
  const subject = await startApi();
  afterAll(() => subject.close());

  it.each([
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2f%2e%2e%2fserve.token',
    'A%00B',
    "A'%20OR%20'1'='1",
    '%F0%9F%92%A9',
    'A%0d%0aset-cookie:%20x=1',
    'A'.repeat(33),
    '%E2%80%AEABC',
    '{}',
  ])('is refused: %s', async (symbol) => {
    const answer = await subject.ask(`/api/v1/bars/${symbol}?interval=daily`);
    expect(problemOf(answer)).toMatchObject({ reason: 'invalidSymbol', status: 400 });
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    '/api/v1/bars/%ZZ?interval=daily',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '/docs/../../package.json',
    '//evil.example/%2f..',
  ])('in an address leads nowhere: %s', async (path) => {
    const { status, text } = await subject.ask(path);
    expect([400, 403, 404]).toContain(status);
    expect(text).not.toContain('dependencies');
  });
});

describe('1,000 event streams', () => {
  const streams = 1000;

  /** Opens that many streams at once; gives how each began. */
  async function flood(port: number, path: string): Promise<{ began: string[]; end: () => void }> {
    const sockets = Array.from({ length: streams }, () => connect(port, '127.0.0.1'));
    const began = sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          socket.on('error', () => resolve('dropped'));
          socket.on('close', () => resolve('dropped'));
          socket.once('data', (chunk) => resolve(chunk.toString('latin1').slice(9, 12)));
          socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
        }),
    );
    return { began: await Promise.all(began), end: () => sockets.forEach((socket) => void socket.destroy()) };
  }

  async function runningJob(subject: Api): Promise<string> {
    const { json } = await subject.ask('/api/v1/collections', { method: 'POST', token: writeToken, body: collection });
    return `/api/v1/collections/${String(json.id)}/events`;
  }

  it('are served where so many are allowed, and all of them end with the service', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const subject = await api({
      http: { max_event_streams: streams, max_connections: 2 * streams },
      answers: () => promise.then(() => payload),
    });
    const { began } = await flood(subject.port, await runningJob(subject));
    expect(new Set(began)).toEqual(new Set(['200']));
    expect(subject.monitoring.gauge('http_event_streams')).toBe(streams);
    expect((await subject.ask('/health')).status).toBe(200);
    const closing = subject.app.close();
    resolve();
    await closing;
    expect(subject.monitoring.gauge('http_event_streams')).toBe(0);
  });

  it('take no room from others beyond what is allowed, and give back what they had', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const subject = await api({ answers: () => promise.then(() => payload) });
    const path = await runningJob(subject);
    const { began, end } = await flood(subject.port, path);
    expect(began.filter((status) => status === '200')).toHaveLength(100);
    expect(new Set(began)).toEqual(new Set(['200', '503']));
    expect((await subject.ask('/health')).status).toBe(200);
    end();
    await expect.poll(() => subject.monitoring.gauge('http_event_streams')).toBe(0);
    resolve();
    expect((await subject.ask(path)).status).toBe(200);
  });
});

describe('a burst of refused requests', () => {
  it('is counted by reason and is one line in the log', async () => {
    const subject = await api();
    for (let at = 0; at < 30; at += 1) await subject.ask('/api/v1/batches', { token: `a-wrong-token-${at}` });
    expect(subject.monitoring.counter('http_requests_refused_total', { reason: 'tokenRefused' })).toBe(30);
    expect(subject.monitoring.logs('warn')).toEqual([
      {
        level: 'warn',
        message: 'many requests are refused',
        context: expect.objectContaining({ refused: { tokenRefused: 20 } }),
      },
    ]);
  });
});
