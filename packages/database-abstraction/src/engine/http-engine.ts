import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { type Clock, type Redacted, ServiceError } from '@quantumtrade/core-traits';
import { constantColumns } from './constant-columns.ts';
import { toDatabaseError } from './database-error.ts';
import { decodeRows } from './decode-rows.ts';
import { createHttpAgent } from './http-agent.ts';
import { expectNoException, readAnswer, understand } from './http-answer.ts';
import { explainConnectFailure, mayRepeat } from './http-failure.ts';
import { bytesOf, decodeNativeBlocks, encodeNativeBlock, type NativeBlock } from './native-format.ts';
import {
  type EngineOptions,
  firstWords,
  type LocalFile,
  type NativeInsert,
  type QueryParameters,
  requestOptions,
  type SqlEngine,
} from './sql-engine.ts';

export interface HttpEngineOptions {
  /** Address of the HTTP interface, without credentials. */
  readonly url: string;
  readonly username: string;
  readonly password?: Redacted<string> | undefined;
  readonly clock: Clock;
  /** For making a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** For a query, in milliseconds: the server ends it then, and the client waits no longer for its next byte. */
  readonly queryTimeoutMs: number;
  readonly maxConnections: number;
  /** How often a request is sent again after a connection failed. */
  readonly retries: number;
  /** The cluster whose distributed tables are read and written, if there is one. */
  readonly cluster?: string | undefined;
}

/** One request: what it does, and whether doing it twice is as good as once. */
interface Exchange {
  readonly doing: string;
  readonly canBeDoneTwice: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Idle connections are closed by the client before the server does: its own limit was 3 s before release 23.11. */
const idleSocketMs = 2500;
const firstRetryDelayMs = 25;

/** ClickHouse as a server, over the official client's HTTP interface. */
export class HttpEngine implements SqlEngine {
  readonly implementation = 'server';
  readonly failsForSure = false;
  readonly #client: ClickHouseClient;
  readonly #options: HttpEngineOptions;

  private constructor(options: HttpEngineOptions, url: URL) {
    this.#options = options;
    this.#client = createClient({
      url,
      username: options.username,
      password: options.password?.reveal() ?? '',
      request_timeout: options.queryTimeoutMs,
      http_agent: createHttpAgent({
        secure: url.protocol === 'https:',
        maxConnections: options.maxConnections,
        connectTimeoutMs: options.connectTimeoutMs,
      }),
      keep_alive: { enabled: true, idle_socket_ttl: idleSocketMs, eagerly_destroy_stale_sockets: true },
      // The client would write to the console by itself. Failures reach the caller as errors.
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: settingsOf(options),
    });
  }

  /**
   * Connects and asks the server for its version.
   *
   * @throws ServiceError of kind `configuration`: `invalidDatabaseUrl`, `databaseCredentials` or `notClickHouse`; of kind
   * `database`, reason `unavailable`, when there is no answer.
   */
  static async open(options: HttpEngineOptions): Promise<HttpEngine> {
    const url = parseServerUrl(options.url);
    const engine = new HttpEngine(options, url);
    try {
      const answer = await readAnswer(
        await engine.#client.exec({ query: 'SELECT version() AS version FORMAT JSONEachRow' }),
      );
      const [row] = understand(answer, decodeRows<{ version?: unknown }>);
      if (typeof row?.version !== 'string') throw new Error('no version in the answer');
      return engine;
    } catch (error) {
      await engine.close();
      throw explainConnectFailure(error, url.origin, options.username);
    }
  }

  async command(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<void> {
    const exchange = { doing: firstWords(sql), canBeDoneTwice: false, signal: options?.signal };
    await this.#exchange(exchange, async () => {
      const answer = await this.#client.exec({ query: sql, ...requestOptions(parameters, options), ...untilTheEnd });
      understand(await readAnswer(answer, options?.signal), expectNoException);
    });
  }

  async rows<Row>(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<Row[]> {
    return await this.#read(sql, 'JSONEachRow', decodeRows<Row>, parameters, options);
  }

  async nativeBlocks(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<NativeBlock[]> {
    const decode = (body: Buffer): NativeBlock[] => decodeNativeBlocks(bytesOf(body));
    return await this.#read(sql, 'Native', decode, parameters, options);
  }

  /** In one piece: an answer that ends in an exception must not have given anything before. */
  async *formatted(
    sql: string,
    format: LocalFile['format'],
    parameters?: QueryParameters,
    options?: EngineOptions,
  ): AsyncGenerator<Uint8Array> {
    const whole = (body: Buffer): Uint8Array => {
      expectNoException(body);
      // The last row of this format is an object: anything else is a row that was cut off, or a failure's text.
      if (format === 'JSONEachRow' && body.length > 0 && body.subarray(-2).toString('latin1') !== '}\n') {
        throw new RangeError('an answer of the server was cut off');
      }
      return body;
    };
    yield await this.#read(sql, format, whole, parameters, options);
  }

  async #read<T>(
    sql: string,
    format: string,
    decode: (body: Buffer) => T,
    parameters?: QueryParameters,
    options?: EngineOptions,
  ): Promise<T> {
    const exchange = { doing: firstWords(sql), canBeDoneTwice: true, signal: options?.signal };
    return await this.#exchange(exchange, async () => {
      const query = `${sql} FORMAT ${format}`;
      const answer = await this.#client.exec({ query, ...requestOptions(parameters, options) });
      return understand(await readAnswer(answer, options?.signal), decode);
    });
  }

  /**
   * Sends the block as it is, constant columns included: an `INSERT … SELECT` would leave it to the server's settings
   * whether the token counts. Its repetition is safe, because the server drops a second block with the same token.
   */
  async insertNative(insert: NativeInsert, options?: EngineOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const { rows } = insert.block;
    const columns = [...constantColumns(insert.constants, rows), ...insert.block.columns];
    const { buffer, byteOffset, byteLength } = encodeNativeBlock({ rows, columns });
    const body = Buffer.from(buffer, byteOffset, byteLength);
    await this.#exchange({ doing: `inserting into ${insert.table}`, canBeDoneTwice: true }, async () => {
      const answer = await this.#client.exec({
        query: `INSERT INTO ${insert.table} (${columns.map(({ name }) => name).join(', ')}) FORMAT Native`,
        values: Readable.from([body]),
        clickhouse_settings: {
          ...untilTheEnd.clickhouse_settings,
          insert_deduplication_token: insert.deduplicationToken(),
          insert_deduplicate: 1,
          async_insert: 0,
          max_insert_threads: '1',
          min_insert_block_size_rows: '1000000000',
          min_insert_block_size_bytes: '0',
          input_format_native_allow_types_conversion: 1,
        },
      });
      understand(await readAnswer(answer), expectNoException);
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #exchange<T>({ doing, canBeDoneTwice, signal }: Exchange, send: () => Promise<T>): Promise<T> {
    const { clock, retries } = this.#options;
    signal?.throwIfAborted();
    for (let attempt = 0; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (signal?.aborted || attempt >= retries || !mayRepeat(error, canBeDoneTwice)) {
          throw toDatabaseError(error, doing, signal);
        }
        await clock.sleep(Math.ceil(clock.random() * firstRetryDelayMs * 2 ** attempt), signal);
      }
    }
  }
}

/** The status of the answer is sent when the query has ended, so that it says how. */
const untilTheEnd: { readonly clickhouse_settings: ClickHouseSettings } = {
  clickhouse_settings: { wait_end_of_query: 1 },
};

function settingsOf({ queryTimeoutMs, cluster }: HttpEngineOptions): ClickHouseSettings {
  const seconds = Math.max(1, Math.ceil(queryTimeoutMs / 1000));
  return {
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_decimals: 1,
    max_execution_time: seconds,
    ...(cluster === undefined
      ? {}
      : {
          // An insert has reached its shard when it is acknowledged, and the same replica answers the next read.
          distributed_foreground_insert: 1,
          load_balancing: 'in_order',
          distributed_product_mode: 'global',
          distributed_ddl_task_timeout: String(Math.max(1, seconds - 5)),
        }),
  };
}

function parseServerUrl(text: string): URL {
  const url = URL.parse(text);
  const plain = url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '';
  if (plain && url.password === '' && url.search === '' && url.hash === '' && url.pathname === '/') return url;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'invalidDatabaseUrl',
    // The text is not repeated: a password may stand in it.
    message:
      'clickhouse.url (CLICKHOUSE_URL) must be http(s)://host:port and nothing else: the user, the password and the ' +
      'database are settings of their own',
  });
}
