import type { NativeBlock } from './native-format.ts';

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
  readonly block: NativeBlock;
  /** The engine drops a repeated insert with the same token. Name the immutable batch, nothing else. */
  readonly deduplicationToken: string;
}

export interface EngineOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the storage classes need of a ClickHouse: embedded or a server. All methods throw `ServiceError` of kind
 * `database`.
 */
export interface SqlEngine {
  /** The name of the implementation, for health reports. */
  readonly implementation: 'embedded' | 'server';
  command(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<void>;
  /** Rows as objects; 64-bit integers and decimals come as text. */
  rows<Row>(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<Row[]>;
  /** The answer in the Native format, for fixed-width columns. */
  nativeBlocks(sql: string, parameters?: QueryParameters, options?: EngineOptions): Promise<NativeBlock[]>;
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
