import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findDaemon } from './find-daemon.ts';
import { createRunFiles } from './run-files.ts';

const directory = await mkdtemp(join(tmpdir(), 'market-data-find-'));
const asked: (string | undefined)[] = [];
const server = createServer((request, response) => {
  asked.push(request.headers.authorization);
  if (request.url === '/live') response.end('{}');
  else if (request.url === '/cut') response.destroy();
  else {
    response.statusCode = 429;
    response.setHeader('content-type', 'application/problem+json');
    response.end(JSON.stringify({ kind: 'rateLimit', reason: 'pacing', detail: 'wait', retryAfterMs: 7 }));
  }
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

beforeEach(() => createRunFiles(directory, process.pid).write(`http://127.0.0.1:${port}`, 'token'));
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

describe('findDaemon', () => {
  it('finds one that runs, also one that listens everywhere, and tells its token to no probe', async () => {
    expect((await findDaemon(directory))?.pid).toBe(process.pid);
    expect(asked).toEqual([undefined]);
    await writeFile(join(directory, 'serve.address'), `http://0.0.0.0:${port}\n`);
    expect(await findDaemon(directory)).toBeDefined();
  });

  it.each([
    ['serve.pid', '2147483646'],
    ['serve.pid', '-1'],
    ['serve.pid', 'none'],
    ['serve.address', 'nowhere'],
    ['serve.address', 'http://127.0.0.1:1'],
  ])('takes %s with %j for one that is gone', async (name, text) => {
    await writeFile(join(directory, name), text);
    expect(await findDaemon(directory)).toBeUndefined();
  });

  it('finds none where there are no files', async () => {
    await createRunFiles(directory, process.pid).remove();
    await rm(join(directory, 'serve.token'));
    expect(await findDaemon(directory)).toBeUndefined();
  });
});

describe('DaemonClient', () => {
  it('throws what the daemon refused with', async () => {
    const daemon = await findDaemon(directory);
    await expect(daemon?.get('/api')).rejects.toMatchObject({
      kind: 'rateLimit',
      reason: 'pacing',
      message: 'wait',
      retryAfterMs: 7,
    });
    expect(asked.at(-1)).toBe('Bearer token');
  });

  it('says that the daemon is gone when it does not answer', async () => {
    const daemon = await findDaemon(directory);
    await expect(daemon?.get('/cut')).rejects.toMatchObject({ kind: 'system', reason: 'daemonGone', retryable: true });
  });
});
