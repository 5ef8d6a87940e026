/**
 * Two ingestion services inside another application, which keeps its own registry, logger and shutdown. Run it with
 * `pnpm example:embed-in-host`; it needs no network, shows a few requests, and leaves nothing behind. With a port
 * (`pnpm example:embed-in-host 3000`) it listens until Ctrl-C.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost } from './host/create-host.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const port = process.argv[2];
const dataDirectory = await mkdtemp(join(tmpdir(), 'embed-in-host-'));
const app = await createHost({ dataDirectory, logger: port === undefined ? { level: 'error' } : true });
try {
  if (port !== undefined) {
    print(`listening at ${await app.listen({ port: Number(port) })}`);
    await new Promise((ended) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, ended);
    });
  } else {
    await app.ready();
    for (const [method, url] of [
      ['POST', '/stocks/AAPL'],
      ['POST', '/coins/BTC%2FUSD'],
      ['POST', '/stocks/AAPL'],
      ['GET', '/stocks/AAPL'],
      ['GET', '/coins/BTC%2FUSD'],
      ['GET', '/coins/AAPL'],
      ['GET', '/health'],
    ] as const) {
      const { statusCode, body } = await app.inject({ method, url });
      print(`${method} ${url}: ${statusCode} ${body}`);
    }
    const { body } = await app.inject('/metrics');
    const shown = /^(host_requests_total|ingestion_data_points_stored_total)/;
    for (const line of body.split('\n').filter((text) => shown.test(text))) print(line);
  }
} finally {
  await app.close();
  await rm(dataDirectory, { recursive: true });
}
