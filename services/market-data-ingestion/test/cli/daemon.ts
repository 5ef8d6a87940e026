import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, type AskOptions, ask } from '../http/api.ts';
import { type Environment, type Running, spawnMarketData } from './command-line.ts';

/** A daemon in a process of its own. */
export interface Daemon extends Running {
  readonly port: number;
  /** The token that it left in its data directory. */
  readonly token: string;
  ask(path: string, options?: AskOptions): Promise<Answer>;
}

/** Starts a daemon on any free port and waits until it listens. */
export async function spawnDaemon(
  environment: Environment & { readonly MARKET_DATA_DIR: string },
  words: readonly string[] = [],
): Promise<Daemon> {
  const running = spawnMarketData([...words, 'serve'], { MARKET_DATA_HTTP__PORT: '0', ...environment });
  await running.said('"listening"');
  const read = async (name: string): Promise<string> =>
    (await readFile(join(environment.MARKET_DATA_DIR, name), 'utf8')).trim();
  const port = Number(new URL(await read('serve.address')).port);
  const token = await read('serve.token');
  return { ...running, port, token, ask: (path, options) => ask(port, path, options) };
}
