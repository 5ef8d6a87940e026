import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type AlphaVantageSandbox,
  createAlphaVantageSandbox,
  type SandboxServer,
  type SandboxServerOptions,
  startSandboxServer,
} from './index.ts';

const NOW = Date.UTC(2026, 10, 20, 15, 0);
const QUERY = '?function=TIME_SERIES_DAILY&symbol=IBM&apikey=KEY';

const started: SandboxServer[] = [];

async function start(sandbox: AlphaVantageSandbox, options?: SandboxServerOptions): Promise<SandboxServer> {
  const server = await startSandboxServer(sandbox, options);
  started.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

function create(latencyMs = 0): AlphaVantageSandbox {
  return createAlphaVantageSandbox({ now: () => NOW, latencyMs });
}

/** Everything the server says to raw bytes until it hangs up. */
function talk(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      heard += chunk;
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}

describe('startSandboxServer', () => {
  it('answers over HTTP exactly as the sandbox does', async () => {
    const sandbox = create();
    const { url } = await start(sandbox);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/query$/);
    for (const query of [QUERY, `${QUERY}&datatype=csv`, QUERY.replace('IBM', 'SANDBOX.OUTAGEHTML')]) {
      const response = await fetch(url + query);
      const expected = create().handle({ url: `/query${query}` });
      expect(response.status).toBe(expected.status);
      expect(response.headers.get('content-type')).toBe(expected.headers['content-type']);
      expect(await response.text()).toBe(expected.body);
    }
    expect(sandbox.requests).toHaveLength(3);
  });

  it('refuses other paths and methods, and drains a body it does not want', async () => {
    const { url } = await start(create());
    expect((await fetch(`${new URL(url).origin}/elsewhere`)).status).toBe(404);
    expect((await fetch(url + QUERY, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(405);
    const head = await fetch(url + QUERY, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('survives a request line that is none, and one whose URL cannot be read', async () => {
    const { url } = await start(create());
    expect(await talk(url, 'complete nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await talk(url, 'GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(url + QUERY)).status).toBe(200);
  });

  it('survives a clock that throws', async () => {
    const { url } = await start(
      createAlphaVantageSandbox({
        now: () => {
          throw new Error('no time');
        },
      }),
    );
    expect((await fetch(url + QUERY)).status).toBe(500);
  });

  it('ends kept-alive connections and waiting answers when closed, however often', async () => {
    const slow = await start(create(60_000));
    const idle = await start(create());
    const waiting = fetch(slow.url + QUERY).then(
      () => 'answered',
      () => 'ended',
    );
    const kept = talk(idle.url, `GET /query${QUERY} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await fetch(idle.url + QUERY).then((response) => response.text());
    await Promise.all([slow.close(), slow.close(), idle.close()]);
    expect(await waiting).toBe('ended');
    expect(await kept).not.toContain('Connection: close');
    await expect(fetch(idle.url + QUERY)).rejects.toThrow();
  });

  it('answers after its latency', async () => {
    const { url } = await start(create(5));
    expect((await fetch(url + QUERY)).status).toBe(200);
  });

  it('rejects when its port is taken', async () => {
    const { url } = await start(create());
    const port = Number(new URL(url).port);
    await expect(start(create(), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
