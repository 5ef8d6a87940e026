import type { NativeBlock } from './native-format.ts';
import type { Occurrences } from './occurrences.ts';

/** Values of `{name:Type}` placeholders. Text is the only way to pass instants and decimals exactly. */
export type QueryParameters = Readonly<Record<string, string | number>>;

/** A constant column of an insert: a ClickHouse type and the value, bound as a parameter. */
export interface ConstantColumn {
  readonly type: string;
  readonly value: string;
}

export interface NativeInsert {
  readonly table: string;
  /** Columns that have one value for all rows. */
  readonly constants: Readonly<Record<string, ConstantColumn>>;
  /** Its types may be narrower than the table's; the engine widens them. */
  readonly block: NativeBlock;
  /** Makes the same rows in the table's own types: for inserts that are joined and differ in their types. */
  readonly blockInTableTypes?: (() => NativeBlock) | undefined;
  /**
   * Makes the token under which a server drops a repeated insert. Name the immutable batch, nothing else. The embedded
   * engine does not ask for it.
   */
  readonly deduplicationToken: () => string;
}

/** A file of this machine in one of the engine's formats. */
export interface LocalFile {
  readonly path: string;
  readonly format: 'Parquet' | 'CSVWithNames' | 'JSONEachRow';
}

/** Reading files of this machine with the engine's own readers of their formats. */
export interface LocalFiles {
  /** The columns that the file itself names, with the engine's types for them. @throws ServiceError when it cannot be read. */
  columns(file: LocalFile): Promise<readonly { readonly name: string; readonly type: string }[]>;
  /**
   * Rows of the file as objects.
   *
   * @param select a select list over the table `file`.
   * @param structure types to read the columns as; the file's own when left out.
   */
  rows<Row>(file: LocalFile, select: string, structure?: string): Promise<Row[]>;
}

export interface EngineOptions {
  readonly signal?: AbortSignal | undefined;
  /** A short question that must not wait behind long ones, such as one about health. */
  readonly prompt?: boolean | undefined;
}

/** Data that only this process writes, and only through the engines on it. */
export interface OwnData {
  /** Statements of `command`, whatever each may change: a statement is under way until nothing of it goes on. */
  readonly commands: Occurrences;
}

/**
 * What the storage classes need of a ClickHouse: embedded or a server. All methods throw `ServiceError` of kind
 * `database`.
 */
export interface SqlEngine {
  /** The name of the implementation, for health reports. */
  readonly implementation: 'embedded' | 'server';
  /** Runs a statement. It must not leave work behind when it ends, as `mutations_sync = 0` does. */
  command(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<void>;
  /** Rows as objects; 64-bit integers and decimals come as text. */
  rows<Row>(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<Row[]>;
  /** The answer in the Native format, for fixed-width columns. */
  nativeBlocks(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<NativeBlock[]>;
  /**
   * The bytes of an answer in one of the engine's file formats. The query may end in a `SETTINGS` clause. Iterating throws
   * unless the answer came whole.
   */
  formatted(
    sql: string,
    format: LocalFile['format'],
    parameters?: QueryParameters,
    options?: EngineOptions,
  ): AsyncIterable<Uint8Array>;
  /** Absent where the engine cannot reach files of this machine. */
  readonly files?: LocalFiles | undefined;
  /**
   * Stands for the data of an engine that only this process writes: one object for all engines on it, as long as one of
   * them is open. Absent for a server.
   *
   * Whoever inserts bars tells the database's `SeriesChanges`; every other change goes through `command`, which counts. A
   * connection of the process's own that goes past the engines is not seen.
   */
  readonly ownData?: OwnData | undefined;
  /** Whether an insert that failed is known not to have been stored: only then may its rows come again in another one. */
  readonly failsForSure: boolean;
  /** Stores one block, whole or not at all. Once begun it is not given up: when it settles, it is over. */
  insertNative(insert: NativeInsert, options?: EngineOptions): Promise<void>;
}

/** A query's parameters and its signal, as the client takes them. */
export function requestOptions(parameters: QueryParameters | undefined, options: EngineOptions | undefined): object {
  return {
    ...(parameters === undefined ? {} : { query_params: parameters }),
    ...(options?.signal === undefined ? {} : { abort_signal: options.signal }),
  };
}

/** What a statement does, for the message of its failure; its values are not in it. */
export function firstWords(sql: string): string {
  return `running ${sql.trim().split(/\s+/, 3).join(' ')}`;
}
