import { randomUUID } from 'node:crypto';
import { mkdir, rm, unlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { type Clock, ServiceError } from '@quantumtrade/core-traits';
import { ClientPool } from './client-pool.ts';
import { DataDirectory } from './data-directory.ts';
import { toDatabaseError } from './database-error.ts';
import { decodeRows } from './decode-rows.ts';
import { EmbeddedFiles } from './embedded-files.ts';
import { bindLiterals, literal, typedLiteral } from './literal.ts';
import { bytesOf, decodeNativeBlocks, type NativeBlock, nativeBlockParts } from './native-format.ts';
import { Occurrences } from './occurrences.ts';
import { orAborted } from './or-aborted.ts';
import {
  type EngineOptions,
  firstWords,
  type LocalFile,
  type LocalFiles,
  type NativeInsert,
  type OwnData,
  type QueryParameters,
  type SqlEngine,
} from './sql-engine.ts';
import { Turns } from './turns.ts';
import { writePieces } from './write-pieces.ts';

export interface EmbeddedEngineOptions {
  /** Where the data lives. One process at a time, and one directory per process: the engine's own limits. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** How long to wait for another process to let go of the directory, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** How this process is called in the message that a waiting process gets. */
  readonly command: string;
}

/** What the engines of one process share: the directory's lock, counted, and what is done to its data. */
interface SharedDirectory extends OwnData {
  readonly path: string;
  readonly acquired: Promise<DataDirectory>;
  references: number;
  /** Ends statements of which the engine may still go on with something. */
  readonly unsure: Set<() => void>;
}

let shared: SharedDirectory | undefined;

/** More of them would only compete for the processors, and with the main thread. */
const [insertsAtOnce, readsAtOnce] = [2, Math.min(4, Math.max(2, availableParallelism()))];

/**
 * Said once a connection, where they stay in force. As settings of the client they would be two more statements before
 * each query, which cost as much as a short query itself.
 */
const readerSettings = 'SET output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1';
/** When a statement that deletes or updates rows is over, so is what it does to them. */
const writerSettings = 'SET mutations_sync = 1';

/**
 * ClickHouse in this process (chDB) behind the official client. Engines in one process share the directory and its lock;
 * the last one to close lets go.
 */
export class EmbeddedEngine implements SqlEngine {
  readonly implementation = 'embedded';
  readonly failsForSure = true;
  readonly files: LocalFiles;
  readonly #directory: SharedDirectory;
  readonly #staging: string;
  /**
   * Queries on one client run one after another, so each kind has clients of its own: reads do not wait for writes, what
   * a write compares itself with does not wait for readers, and a question about health waits for nobody.
   */
  readonly #writer: ClickHouseClient;
  /** Inserts that run side by side: a small one need not wait for a large one. */
  readonly #inserters: ClientPool;
  readonly #comparer: ClickHouseClient;
  readonly #prompt: ClickHouseClient;
  readonly #readers: ClientPool;
  /** Sets of rows that are ready at a time are made and used in turns of their own: others wait for one, not for all. */
  readonly #turns = new Turns();
  readonly #drain: () => Promise<void>;
  readonly #removals = new Set<Promise<void>>();

  private constructor(
    directory: SharedDirectory,
    staging: string,
    connect: () => ClickHouseClient,
    drain: () => Promise<void>,
  ) {
    this.#directory = directory;
    this.#staging = staging;
    this.#writer = connect();
    this.#inserters = new ClientPool({ size: insertsAtOnce, connect });
    this.#comparer = connect();
    this.#prompt = connect();
    this.#readers = new ClientPool({ size: readsAtOnce, connect });
    this.#drain = drain;
    this.files = new EmbeddedFiles({ staging, rows: (sql) => this.rows(sql) });
  }

  /**
   * Takes the directory and opens the engine.
   *
   * @throws ServiceError of kind `configuration`: `engineMissing`, `directoryUnusable`, `directoryLocked`, or
   * `directoryConflict` when this process already uses another directory.
   */
  static async open(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
    refusePattern(options.dataDirectory);
    const chdb = await loadChdb();
    const directory = await share(options);
    try {
      const staging = join(directory.path, 'staging');
      // Nobody else uses the directory: what lies here was left by a process that died.
      if (directory.references === 1) await rm(staging, { recursive: true, force: true });
      await mkdir(staging, { recursive: true });
      const connect = (): ClickHouseClient =>
        createClient({
          connection: chdb.createChdbConnection({
            path: join(directory.path, 'clickhouse'),
            // The hook is typed for the client's own connections; chDB documents this cast-free use in JavaScript.
          }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>,
        });
      const engine = new EmbeddedEngine(directory, staging, connect, chdb.drainPending);
      const asking = [engine.#comparer, engine.#prompt, ...engine.#readers.clients];
      await Promise.all([
        engine.#writer.command({ query: writerSettings }),
        ...asking.map((client) => client.command({ query: readerSettings })),
      ]);
      // What a process that died had begun goes on now, and nobody says when it is over.
      if (await engine.#isMutating()) directory.unsure.add(directory.commands.begin());
      return engine;
    } catch (error) {
      await unshare(directory);
      throw toDatabaseError(error, 'opening the embedded engine');
    }
  }

  get ownData(): OwnData {
    return this.#directory;
  }

  /** An abort lets the caller go. The engine ends what it has begun, and the statement is under way until then. */
  async command(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    await orAborted(this.#command(sql, parameters), options?.signal);
  }

  async #command(sql: string, parameters?: QueryParameters): Promise<void> {
    const { commands, unsure } = this.#directory;
    const over = commands.begin();
    try {
      await this.#writer.command({ query: bindLiterals(sql, parameters) });
      over();
    } catch (error) {
      // A deletion that failed is tried again by the engine, which tells nobody.
      unsure.add(over);
      throw toDatabaseError(error, firstWords(sql));
    } finally {
      const asked = [...unsure];
      if (asked.length > 0 && !(await this.#isMutating())) for (const end of asked) if (unsure.delete(end)) end();
    }
  }

  /** Whether the engine is deleting or updating rows, or is about to try again, or may be. */
  async #isMutating(): Promise<boolean> {
    const sql = 'SELECT count() AS mutations FROM system.mutations WHERE NOT is_done';
    const [row] = await this.rows<{ mutations: string }>(sql, undefined, { prompt: true }).catch(() => []);
    return row?.mutations !== '0';
  }

  async rows<Row>(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<Row[]> {
    const { client, release } =
      options?.prompt === true ? { client: this.#prompt, release() {} } : this.#readers.take();
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of this.#bytes(client, sql, 'JSONEachRow', parameters, options)) chunks.push(chunk);
    } finally {
      release();
    }
    if (options?.prompt !== true) await this.#turns.next();
    return decodeRows(Buffer.concat(chunks));
  }

  async nativeBlocks(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<NativeBlock[]> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#bytes(this.#comparer, sql, 'Native', parameters, options)) chunks.push(chunk);
    const [only] = chunks;
    // A large answer comes whole; putting it together would copy it.
    return decodeNativeBlocks(bytesOf(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)));
  }

  async *formatted(
    sql: string,
    format: LocalFile['format'],
    parameters?: QueryParameters,
    options?: EngineOptions,
  ): AsyncGenerator<Uint8Array> {
    const { client, release } = this.#readers.take();
    try {
      yield* this.#bytes(client, sql, format, parameters, options);
    } finally {
      release();
    }
  }

  async *#bytes(
    client: ClickHouseClient,
    sql: string,
    format: string,
    parameters: QueryParameters | undefined,
    options: EngineOptions | undefined,
  ): AsyncGenerator<Uint8Array> {
    try {
      const result = await client.exec({
        query: `${bindLiterals(sql, parameters)} FORMAT ${format}`,
        ...abortable(options),
      });
      for await (const chunk of result.stream) yield chunk as Uint8Array;
    } catch (error) {
      throw toDatabaseError(error, firstWords(sql), options?.signal);
    }
  }

  /**
   * Goes through a file, because the embedded client pastes an insert's body into the SQL text: binary would not
   * survive there, and vendor text could become SQL. The engine ends what it has begun, so an abort is heard only before.
   *
   * Every insert has a token of its own. The engine writes a token down before the part that it stands for has its name: a
   * process that is killed in between leaves the token without the rows, and the insert's repetition would be dropped. Here
   * it is known whether an insert has failed, so nothing is repeated that was stored.
   */
  async insertNative(insert: NativeInsert, options?: EngineOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const file = join(this.#staging, `${randomUUID()}.native`);
    const { client, release } = this.#inserters.take();
    try {
      await writePieces(file, nativeBlockParts(insert.block));
      const constants = Object.entries(insert.constants);
      const columns = insert.block.columns.map((column) => column.name);
      // Named here, the engine need not open the file a first time to find them.
      const structure = insert.block.columns.map(({ name, type }) => `${name} ${type}`).join(', ');
      const values = constants.map(([, { type, value }]) => typedLiteral(value, type));
      await client.command({
        // One block and one thread: one part, and nothing is handed between threads that have little to do.
        query: `INSERT INTO ${insert.table} (${[...constants.map(([name]) => name), ...columns].join(', ')})
          SELECT ${[...values, ...columns].join(', ')} FROM file(${literal(file)}, 'Native', ${literal(structure)})
          SETTINGS insert_deduplication_token = ${literal(randomUUID())}, insert_deduplicate = 1,
            max_insert_threads = 1, max_threads = 1, min_insert_block_size_rows = 1000000000,
            min_insert_block_size_bytes = 0`,
      });
    } catch (error) {
      throw toDatabaseError(error, `inserting into ${insert.table}`);
    } finally {
      release();
      // Nobody waits for it but the closing of the engine.
      const removal = unlink(file).catch(() => {});
      this.#removals.add(removal);
      void removal.then(() => this.#removals.delete(removal));
    }
  }

  async close(): Promise<void> {
    const all = [this.#writer, this.#comparer, this.#prompt, this.#readers, this.#inserters];
    await Promise.all(all.map((each) => each.close()));
    // Closing returns before the engine has let go of what it was still doing.
    await this.#drain();
    await Promise.all(this.#removals);
    await unshare(this.#directory);
  }
}

function abortable(options: EngineOptions | undefined): object {
  return options?.signal === undefined ? {} : { abort_signal: options.signal };
}

/** What is staged below such a path would not be found, and an insert would store nothing without saying so. */
function refusePattern(dataDirectory: string): void {
  const path = resolve(dataDirectory);
  if (!/[*?{}]/.test(path)) return;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'directoryUnusable',
    message: `data directory ${path} cannot be used: its path has one of * ? { }, which the engine takes for a pattern`,
  });
}

async function share(options: EmbeddedEngineOptions): Promise<SharedDirectory> {
  const path = resolve(options.dataDirectory);
  if (shared === undefined) {
    shared = {
      path,
      references: 0,
      acquired: DataDirectory.acquire({ ...options, path }),
      commands: new Occurrences(),
      unsure: new Set(),
    };
  } else if (shared.path !== path) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'directoryConflict',
      message:
        `this process already uses the data directory ${shared.path} and the embedded engine takes one per process: ` +
        `use that one instead of ${path}, with a database of its own, or a ClickHouse server`,
    });
  }
  const directory = shared;
  directory.references += 1;
  try {
    await directory.acquired;
    return directory;
  } catch (error) {
    directory.references -= 1;
    if (directory.references === 0 && shared === directory) shared = undefined;
    throw error;
  }
}

async function unshare(directory: SharedDirectory): Promise<void> {
  directory.references -= 1;
  if (directory.references > 0) return;
  if (shared === directory) shared = undefined;
  await (await directory.acquired).release();
}

interface Chdb {
  readonly createChdbConnection: (options: { path: string }) => object;
  readonly drainPending: () => Promise<void>;
}

async function loadChdb(): Promise<Chdb> {
  try {
    const [{ createChdbConnection }, { drainPending }] = await Promise.all([import('chdb/connection'), import('chdb')]);
    return { createChdbConnection, drainPending: async () => void (await drainPending()) };
  } catch (cause) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'engineMissing',
      message:
        'the embedded ClickHouse (package chdb) is not installed or does not run here (it needs Linux with glibc, or ' +
        'macOS): install chdb beside this package, or use a ClickHouse server',
      cause,
    });
  }
}
