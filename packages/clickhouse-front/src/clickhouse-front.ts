import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { clusterConfiguration, withoutKeeper } from './cluster-of-one.ts';
import { EnginePool, literal } from './engine-pool.ts';
import { credentialsOf, type HttpQuery, parseHttpQuery } from './http-request.ts';
import { bodyOf, listen } from './listen.ts';

export interface ClickHouseFrontOptions {
  /** Where the engine's data lives; created where needed. */
  readonly directory: string;
  /** @default 'default' */
  readonly username?: string | undefined;
  /** @default '' */
  readonly password?: string | undefined;
  /** Queries that run side by side. @default 4 */
  readonly parallelQueries?: number | undefined;
  /** Name of a cluster that this node alone makes up, without a Keeper: nothing is replicated. */
  readonly cluster?: string | undefined;
}

/** A running front. */
export interface ClickHouseFront {
  /** Address of the interface, on the loopback. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * ClickHouse's HTTP interface with the embedded engine behind it, as far as the official client and simple tools use it.
 * For tests: the engine is the real one, the interface is a likeness.
 */
export async function startClickHouseFront(options: ClickHouseFrontOptions): Promise<ClickHouseFront> {
  const staging = join(options.directory, 'staging');
  await mkdir(staging, { recursive: true });
  const { cluster } = options;
  const configuration = cluster === undefined ? undefined : join(options.directory, 'config.xml');
  if (cluster !== undefined && configuration !== undefined)
    await writeFile(configuration, clusterConfiguration(cluster));
  const pool = new EnginePool(join(options.directory, 'clickhouse'), options.parallelQueries ?? 4, configuration);
  const expected = { user: options.username ?? 'default', password: options.password ?? '' };

  const run = async ({ data, ...query }: HttpQuery): Promise<Uint8Array> => {
    if (data === undefined) {
      return await pool.run(cluster === undefined ? query : { ...query, sql: withoutKeeper(query.sql) });
    }
    const file = join(staging, randomUUID());
    try {
      await writeFile(file, data);
      return await pool.run({ ...query, sql: readingFrom(file, query.sql) });
    } finally {
      await rm(file, { force: true });
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://front');
    if (url.pathname === '/ping') {
      response.end('Ok.\n');
      return;
    }
    // A request that is cut off never gets past here: nothing of it is run.
    const body = await bodyOf(request);
    const { user, password } = credentialsOf(request, url);
    if (user !== expected.user || password !== expected.password) {
      refuse(
        response,
        `Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`,
      );
      return;
    }
    const query = parseHttpQuery(url, body);
    try {
      const bytes = await run(query);
      response.writeHead(200, {
        'Content-Type': 'text/plain; charset=UTF-8',
        'X-ClickHouse-Query-Id': query.queryId ?? randomUUID(),
        'X-ClickHouse-Summary': '{"read_rows":"0","written_rows":"0"}',
      });
      await stream(response, bytes);
    } catch (error) {
      refuse(response, error instanceof Error ? error.message : String(error));
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { url, close } = await listen(server);
  return {
    url,
    close: async () => {
      await close();
      await pool.close();
    },
  };
}

/** The insert with its data in a file. Formats and conversions are the engine's own, as they are over HTTP. */
function readingFrom(file: string, sql: string): string {
  const found = /^(.*?)(\s+SETTINGS\s.*?)?\s+FORMAT\s+(\w+)\s*$/is.exec(sql);
  if (found === null) throw new Error('Code: 62. DB::Exception: an INSERT with data needs a FORMAT. (SYNTAX_ERROR)');
  const [, head = '', settings = '', format = ''] = found;
  const input = /\binput\s*\(/i;
  return input.test(head)
    ? `${head.replace(input, () => `file(${literal(file)}, ${literal(format)}, `)}${settings}`
    : `${head} FROM INFILE ${literal(file)}${settings} FORMAT ${format}`;
}

const chunkBytes = 65_536;

async function stream(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed; at += chunkBytes) {
    if (!response.write(bytes.subarray(at, at + chunkBytes))) {
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          response.off('drain', settle);
          response.off('close', settle);
          resolve();
        };
        response.on('drain', settle);
        response.on('close', settle);
      });
    }
  }
  response.end();
}

/** The status that ClickHouse answers an error with. */
const statuses: Readonly<Record<string, number>> = { 516: 403, 62: 400, 47: 404, 60: 404, 81: 404, 202: 503, 241: 500 };

function refuse(response: ServerResponse, message: string): void {
  const code = /^Code: (\d+)/.exec(message)?.[1] ?? '1002';
  const text = message.startsWith('Code: ') ? message : `Code: 1002. DB::Exception: ${message} (UNKNOWN_EXCEPTION)`;
  response.writeHead(statuses[code] ?? 500, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': code,
  });
  response.end(`${text} (version 26.7.2.1 (official build))\n`);
}
