import type {
  Adjustment,
  CollectionOutcome,
  CollectionQuery,
  CollectionRecord,
  Interval,
  StoreOptions,
} from '@quantumtrade/shared-types';
import { uuidColumn } from '../engine/constant-columns.ts';
import { encodeInt64 } from '../engine/int64.ts';
import {
  bytesOf,
  lowCardinalityColumn,
  type NativeBlock,
  type NativeColumn,
  nullable,
} from '../engine/native-format.ts';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { deduplicationToken } from './deduplication-token.ts';
import { type CoalescingLimits, GroupCommit, orAlone } from './group-commit.ts';

type FieldsOf<Type> = {
  [Field in keyof CollectionRecord]-?: CollectionRecord[Field] extends Type ? Field : never;
}[keyof CollectionRecord];

const counts = [
  ['collectedCount', 'collected_count'],
  ['processedCount', 'processed_count'],
  ['cachedCount', 'cached_count'],
  ['stored', 'stored'],
  ['unchanged', 'unchanged'],
  ['duplicates', 'duplicates'],
  ['quarantined', 'quarantined'],
  ['spooled', 'spooled'],
] as const satisfies readonly (readonly [FieldsOf<number>, string])[];

/** Which collection a record is of, and how it ended: named alike in record and table. */
const keys = ['symbol', 'interval', 'source', 'adjustment', 'outcome'] as const satisfies readonly FieldsOf<string>[];

/** An empty text stands for an absent one. */
const texts = [
  ['lastRefreshed', 'last_refreshed'],
  ['outputSize', 'output_size'],
  ['month', 'month'],
  ['errorKind', 'error_kind'],
  ['errorReason', 'error_reason'],
] as const satisfies readonly (readonly [FieldsOf<string | undefined>, string])[];

const stages = [
  ['fetchMs', 'fetch_ms'],
  ['processMs', 'process_ms'],
  ['storeMs', 'store_ms'],
] as const satisfies readonly (readonly [FieldsOf<number | undefined>, string])[];

const ends = [
  ['firstOpenTime', 'first_open_time'],
  ['lastOpenTime', 'last_open_time'],
] as const satisfies readonly (readonly [FieldsOf<number | undefined>, string])[];

export interface CollectionsTableOptions {
  readonly engine: () => SqlEngine;
  readonly database: string;
  readonly coalescing?: CoalescingLimits | undefined;
}

/** What became of each collection: one row each, and one more where a later record took its place. */
export class CollectionsTable {
  readonly #engine: () => SqlEngine;
  readonly #table: string;
  /** Two records of one batch in one millisecond must still have an order. */
  #newestRecord = 0;

  readonly #joined: GroupCommit<CollectionRecord, undefined>;

  constructor(options: CollectionsTableOptions) {
    this.#engine = options.engine;
    this.#table = `${options.database}.ingestion_batches`;
    this.#joined = new GroupCommit<CollectionRecord, undefined>({
      limits: options.coalescing,
      rowsOf: () => 1,
      together: async (records) => {
        await this.#insert(records);
        return records.map(() => undefined);
      },
    });
  }

  async insert(record: CollectionRecord, options?: StoreOptions): Promise<void> {
    const recordedAt = Math.max(record.recordedAt, this.#newestRecord + 1);
    this.#newestRecord = recordedAt;
    const dated = { ...record, recordedAt };
    await orAlone<unknown>(
      () => this.#joined.run(dated, options?.signal),
      // Of a record that was stored all the same there are two alike: the newest one of a batch is read.
      () => this.#insert([dated], options),
    );
  }

  async #insert(records: readonly CollectionRecord[], options?: StoreOptions): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    const block = blockOf(records);
    await this.#engine().insertNative(
      { table: this.#table, constants: {}, block, deduplicationToken: () => deduplicationToken(first, block) },
      options,
    );
  }

  /** The newest record of each batch, newest batch first. */
  async read({ symbol, after, limit }: CollectionQuery, options?: StoreOptions): Promise<CollectionRecord[]> {
    // Every record of a batch has the same acceptedAt, so this never takes the newest one away from an older one.
    const conditions = [
      ...(symbol === undefined ? [] : ['symbol = {symbol:String}']),
      ...(after === undefined
        ? []
        : ['(-toUnixTimestamp64Milli(accepted_at), toString(batch_id)) > (-{at:Int64}, {batchId:String})']),
    ];
    const rows = await this.#engine().rows<CollectionRow>(
      `SELECT symbol, interval, source, adjustment, batch_id, outcome, duration_ms, quality_score,
         toUnixTimestamp64Milli(accepted_at) AS accepted, toUnixTimestamp64Milli(recorded_at) AS recorded,
         ${[...counts, ...texts, ...stages].map(([, name]) => name).join(', ')},
         ${ends.map(([, name]) => `toUnixTimestamp64Milli(${name}) AS ${name}_at`).join(', ')}
       FROM (
         SELECT * FROM ${this.#table} ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
         ORDER BY recorded_at DESC LIMIT 1 BY batch_id
       )
       ORDER BY accepted_at DESC, toString(batch_id) ${limit === undefined ? '' : 'LIMIT {limit:UInt64}'}`,
      {
        ...(symbol === undefined ? {} : { symbol }),
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { at: after.acceptedAt, batchId: after.batchId }),
      },
      options,
    );
    return rows.map(toRecord);
  }
}

interface CollectionRow extends Readonly<Record<string, unknown>> {
  readonly symbol: string;
  readonly interval: Interval;
  readonly source: string;
  readonly adjustment: Adjustment;
  readonly batch_id: string;
  readonly outcome: CollectionOutcome;
  readonly accepted: string;
  readonly recorded: string;
  readonly duration_ms: number;
  readonly quality_score: number;
}

function toRecord(row: CollectionRow): CollectionRecord {
  const number = (value: unknown): number | undefined => (value === null ? undefined : Number(value));
  const text = (value: unknown): string | undefined => (value === '' ? undefined : String(value));
  const read = <Field extends string, Value>(
    fields: readonly (readonly [Field, string])[],
    present: (name: string) => Value | undefined,
  ): Partial<Record<Field, Value>> =>
    Object.fromEntries(
      fields.flatMap(([field, name]) => {
        const value = present(name);
        return value === undefined ? [] : [[field, value]];
      }),
    ) as Partial<Record<Field, Value>>;
  return {
    symbol: row.symbol,
    interval: row.interval,
    source: row.source,
    adjustment: row.adjustment,
    batchId: row.batch_id,
    acceptedAt: Number(row.accepted),
    recordedAt: Number(row.recorded),
    outcome: row.outcome,
    durationMs: row.duration_ms,
    qualityScore: row.quality_score,
    ...(read(counts, (name) => Number(row[name])) as Record<(typeof counts)[number][0], number>),
    ...read(texts, (name) => text(row[name])),
    ...read(stages, (name) => number(row[name])),
    ...read(ends, (name) => number(row[`${name}_at`])),
  };
}

/** @throws RangeError for what is no instant. */
function wholeMilliseconds(instant: number, name: string): number {
  const whole = Math.trunc(instant);
  if (!Number.isSafeInteger(whole)) throw new RangeError(`${name} of a collection is ${instant}, which is no instant`);
  return whole;
}

function blockOf(records: readonly CollectionRecord[]): NativeBlock {
  const ones = records.map(() => 1);
  const text = (name: string, value: (record: CollectionRecord) => string): NativeColumn =>
    lowCardinalityColumn(name, records.map(value), ones);
  const values = (value: (record: CollectionRecord) => number | undefined): Float64Array =>
    Float64Array.from(records, (record) => value(record) ?? 0);
  const number = (name: string, value: (record: CollectionRecord) => number | undefined): NativeColumn => ({
    ...{ name, type: 'Float64' },
    bytes: bytesOf(values(value)),
  });
  const time = (name: string, value: (record: CollectionRecord) => number | undefined): NativeColumn => ({
    ...{ name, type: "DateTime64(3, 'UTC')" },
    bytes: bytesOf(encodeInt64(values(value).map((instant) => wholeMilliseconds(instant, name)))),
  });
  const optional = (column: NativeColumn, field: keyof CollectionRecord): NativeColumn =>
    nullable(
      column,
      Uint8Array.from(records, (record) => (record[field] === undefined ? 1 : 0)),
    );
  return {
    rows: records.length,
    columns: [
      uuidColumn(
        'batch_id',
        records.map(({ batchId }) => batchId),
      ),
      time('accepted_at', ({ acceptedAt }) => acceptedAt),
      time('recorded_at', ({ recordedAt }) => recordedAt),
      number('duration_ms', ({ durationMs }) => durationMs),
      number('quality_score', ({ qualityScore }) => qualityScore),
      ...counts.map(([field, name]) => ({
        ...{ name, type: 'UInt32' },
        bytes: bytesOf(Uint32Array.from(records, (record) => record[field])),
      })),
      ...keys.map((name) => text(name, (record) => record[name])),
      ...texts.map(([field, name]) => text(name, (record) => record[field] ?? '')),
      ...stages.map(([field, name]) =>
        optional(
          number(name, (record) => record[field]),
          field,
        ),
      ),
      ...ends.map(([field, name]) =>
        optional(
          time(name, (record) => record[field]),
          field,
        ),
      ),
    ],
  };
}
