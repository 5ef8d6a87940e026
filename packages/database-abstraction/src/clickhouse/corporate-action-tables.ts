import { createHash } from 'node:crypto';
import type {
  BatchIdentity,
  CorporateActionBatch,
  CorporateActionKind,
  CorporateActionList,
  CorporateActionOutcome,
  CorporateActionQuery,
  CorporateActionStore,
  CorporateActionVersion,
  RawCorporateAction,
  RejectedCorporateAction,
  StoredCorporateAction,
  StoredRejectedAction,
  StoreOptions,
} from '@quantumtrade/shared-types';
import { corporateActionChanges } from '@quantumtrade/shared-types';
import { LRUCache } from 'lru-cache';
import { bytesOf, type NativeBlock, stringArrayColumn, stringColumn } from '../engine/native-format.ts';
import type { ConstantColumn, SqlEngine } from '../engine/sql-engine.ts';
import { dateTextColumn, decimalTextColumn, optionalDateTextColumn } from './corporate-action-values.ts';
import { deduplicationToken } from './deduplication-token.ts';
import { instant } from './instant.ts';
import { KeyedLock } from './keyed-lock.ts';

const listCondition = 'symbol = {symbol:String} AND source = {source:String} AND kind = {kind:String}';

/** Dividends and splits in ClickHouse, all versions kept. A batch is one block of one table: it is stored whole or not. */
export class CorporateActionTables implements CorporateActionStore {
  readonly #engine: () => SqlEngine;
  readonly #actions: string;
  readonly #rejected: string;
  /** Comparing and inserting must not be interleaved for one list. */
  readonly #locks = new KeyedLock();
  /** Batches that added nothing have no rows that a retry could be known by. */
  readonly #addedNothing = new LRUCache<string, CorporateActionOutcome>({ max: 10_000 });

  constructor(options: { readonly engine: () => SqlEngine; readonly database: string }) {
    this.#engine = options.engine;
    this.#actions = `${options.database}.corporate_actions`;
    this.#rejected = `${options.database}.rejected_corporate_actions`;
  }

  async insertCorporateActions(
    batch: CorporateActionBatch,
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<CorporateActionOutcome> {
    const insert = (): Promise<CorporateActionOutcome> => this.#insertChanges(batch, identity, options);
    return await this.#locks.run(`actions ${listKey(batch)}`, insert, options?.signal);
  }

  async #insertChanges(
    batch: CorporateActionBatch,
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<CorporateActionOutcome> {
    const { symbol, source, kind, actions, complete } = batch;
    const attempt = `${identity.batchId} ${listKey(batch)}`;
    const before = this.#addedNothing.get(attempt);
    if (before !== undefined) return before;
    const [own] = await this.#engine().rows<{ named: string; ended: string }>(
      `SELECT countIf(not withdrawn) AS named, countIf(withdrawn) AS ended FROM ${this.#actions}
       WHERE ${listCondition} AND batch_id = {batchId:UUID}`,
      { symbol, source, kind, batchId: identity.batchId },
      options,
    );
    const [named, ended] = [Number(own?.named ?? 0), Number(own?.ended ?? 0)];
    if (named + ended > 0) return { stored: named, unchanged: actions.length - named, withdrawn: ended };
    const known = await this.#read({ symbol, source, kind }, 'newest', options);
    const { versions, unchanged } = corporateActionChanges(known, actions, complete);
    const stored = actions.length - unchanged;
    const outcome = { stored, unchanged, withdrawn: versions.length - stored };
    if (versions.length === 0) {
      this.#addedNothing.set(attempt, outcome);
      return outcome;
    }
    const block = blockOf(versions);
    const newest = known.reduce((latest, { ingestedAt }) => Math.max(latest, ingestedAt), 0);
    await this.#engine().insertNative(
      {
        table: this.#actions,
        constants: {
          ...listConstants(batch),
          // A version is newer than what it follows even when the clock stands still or goes back.
          ingested_at: { type: "DateTime64(3, 'UTC')", value: instant(Math.max(identity.acceptedAt, newest + 1)) },
          batch_id: { type: 'UUID', value: identity.batchId },
        },
        block,
        deduplicationToken: () => deduplicationToken(identity, block),
      },
      options,
    );
    return outcome;
  }

  async getCorporateActions(query: CorporateActionQuery, options?: StoreOptions): Promise<StoredCorporateAction[]> {
    return (await this.#read(query, 'newest', options)).filter(({ withdrawn }) => !withdrawn);
  }

  async getCorporateActionVersions(
    query: CorporateActionQuery,
    options?: StoreOptions,
  ): Promise<StoredCorporateAction[]> {
    return await this.#read(query, 'all', options);
  }

  async #read(
    { symbol, source, kind, from, to, asOf }: CorporateActionQuery,
    versions: 'newest' | 'all',
    options?: StoreOptions,
  ): Promise<StoredCorporateAction[]> {
    const conditions = [
      'symbol = {symbol:String} AND source = {source:String}',
      ...(kind === undefined ? [] : ['kind = {kind:String}']),
      ...(from === undefined ? [] : ['ex_date >= toDate32({from:String})']),
      ...(to === undefined ? [] : ['ex_date <= toDate32({to:String})']),
      ...(asOf === undefined ? [] : [`ingested_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')`]),
    ];
    const given = { kind, from, to, asOf };
    const rows = await this.#engine().rows<ActionRow>(
      `SELECT kind, toString(ex_date) AS day, place, value, toString(declaration_date) AS declared,
         toString(record_date) AS recorded, toString(payment_date) AS paid, withdrawn,
         toUnixTimestamp64Milli(ingested_at) AS version, batch_id
       FROM ${this.#actions} WHERE ${conditions.join(' AND ')}
       ORDER BY ex_date, kind, place, ingested_at ${versions === 'newest' ? 'DESC LIMIT 1 BY ex_date, kind, place' : ''}`,
      { symbol, source, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) },
      options,
    );
    return rows.map((row) => toStoredAction(symbol, source, row));
  }

  async insertRejectedActions(
    list: CorporateActionList,
    rows: readonly RejectedCorporateAction[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void> {
    if (rows.length === 0) return;
    const insert = (): Promise<void> => this.#insertRejected(list, rows, identity, options);
    await this.#locks.run(`rejected ${listKey(list)}`, insert, options?.signal);
  }

  async #insertRejected(
    list: CorporateActionList,
    rows: readonly RejectedCorporateAction[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void> {
    const { symbol, source, kind } = list;
    const known = await this.#engine().rows<{ fingerprint: string }>(
      `SELECT DISTINCT fingerprint FROM ${this.#rejected} WHERE ${listCondition}`,
      { symbol, source, kind },
      options,
    );
    const seen = new Set(known.map(({ fingerprint }) => fingerprint));
    const fresh = new Map(rows.map((row) => [fingerprintOf(row), row] as const).filter(([print]) => !seen.has(print)));
    if (fresh.size === 0) return;
    const kept = [...fresh.values()];
    const block = {
      rows: kept.length,
      columns: [
        stringColumn(
          'row',
          kept.map(({ values }) => JSON.stringify(values)),
        ),
        stringArrayColumn(
          'broken_rules',
          kept.map(({ brokenRules }) => brokenRules),
        ),
        stringColumn('fingerprint', [...fresh.keys()]),
      ],
    };
    await this.#engine().insertNative(
      {
        table: this.#rejected,
        constants: {
          ...listConstants(list),
          rejected_at: { type: "DateTime64(3, 'UTC')", value: instant(identity.acceptedAt) },
          batch_id: { type: 'UUID', value: identity.batchId },
        },
        block,
        deduplicationToken: () => deduplicationToken(identity, block),
      },
      options,
    );
  }

  async getRejectedActions(
    { symbol }: { readonly symbol?: string | undefined } = {},
    options?: StoreOptions,
  ): Promise<StoredRejectedAction[]> {
    const rows = await this.#engine().rows<RejectedRow>(
      `SELECT symbol, source, kind, row, broken_rules, toUnixTimestamp64Milli(rejected_at) AS at, batch_id
       FROM ${this.#rejected} ${symbol === undefined ? '' : 'WHERE symbol = {symbol:String}'}
       ORDER BY rejected_at, symbol, source, kind, row`,
      symbol === undefined ? undefined : { symbol },
      options,
    );
    return rows.map((row) => ({
      symbol: row.symbol,
      source: row.source,
      kind: row.kind,
      values: JSON.parse(row.row) as RawCorporateAction,
      brokenRules: row.broken_rules,
      rejectedAt: Number(row.at),
      batchId: row.batch_id,
    }));
  }
}

interface ActionRow {
  readonly kind: CorporateActionKind;
  readonly day: string;
  readonly place: number;
  readonly value: string;
  readonly declared: string | null;
  readonly recorded: string | null;
  readonly paid: string | null;
  readonly withdrawn: boolean;
  readonly version: string;
  readonly batch_id: string;
}

interface RejectedRow extends CorporateActionList {
  readonly row: string;
  readonly broken_rules: readonly string[];
  readonly at: string;
  readonly batch_id: string;
}

function toStoredAction(symbol: string, source: string, row: ActionRow): StoredCorporateAction {
  return {
    symbol,
    source,
    kind: row.kind,
    exDate: row.day,
    value: row.value,
    ...(row.declared === null ? {} : { declarationDate: row.declared }),
    ...(row.recorded === null ? {} : { recordDate: row.recorded }),
    ...(row.paid === null ? {} : { paymentDate: row.paid }),
    place: row.place,
    withdrawn: row.withdrawn,
    ingestedAt: Number(row.version),
    batchId: row.batch_id,
  };
}

function blockOf(versions: readonly CorporateActionVersion[]): NativeBlock {
  const actions = versions.map(({ action }) => action);
  return {
    rows: versions.length,
    columns: [
      dateTextColumn(
        'ex_date',
        actions.map(({ exDate }) => exDate),
      ),
      { name: 'place', type: 'UInt16', bytes: bytesOf(Uint16Array.from(versions, ({ place }) => place)) },
      decimalTextColumn(
        'value',
        actions.map(({ value }) => value),
      ),
      optionalDateTextColumn(
        'declaration_date',
        actions.map(({ declarationDate }) => declarationDate),
      ),
      optionalDateTextColumn(
        'record_date',
        actions.map(({ recordDate }) => recordDate),
      ),
      optionalDateTextColumn(
        'payment_date',
        actions.map(({ paymentDate }) => paymentDate),
      ),
      { name: 'withdrawn', type: 'Bool', bytes: Uint8Array.from(versions, ({ withdrawn }) => (withdrawn ? 1 : 0)) },
    ],
  };
}

function listConstants({ symbol, source, kind }: CorporateActionList): Record<string, ConstantColumn> {
  const text = (value: string): ConstantColumn => ({ type: 'String', value });
  return { symbol: text(symbol), source: text(source), kind: text(kind) };
}

function listKey({ symbol, source, kind }: CorporateActionList): string {
  return `${symbol} ${source} ${kind}`;
}

function fingerprintOf({ values, brokenRules }: RejectedCorporateAction): string {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([sorted, brokenRules]))
    .digest('hex')
    .slice(0, 32);
}
