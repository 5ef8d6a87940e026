import { createHash } from 'node:crypto';
import {
  type Adjustment,
  type BarField,
  type BatchIdentity,
  type Interval,
  type QuarantinedBar,
  type QuarantinePosition,
  type QuarantineQuery,
  quarantineLabelLength,
  type Series,
  type StoredQuarantine,
  type StoreOptions,
} from '@quantumtrade/shared-types';
import { type NativeColumn, stringArrayColumn, stringColumn } from '../engine/native-format.ts';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { deduplicationToken } from './deduplication-token.ts';
import { instant } from './instant.ts';
import { seriesCondition, seriesConstants, seriesParameters } from './series-filter.ts';

const columns: readonly (readonly [BarField, string])[] = [
  ['open', 'open'],
  ['high', 'high'],
  ['low', 'low'],
  ['close', 'close'],
  ['adjustedClose', 'adjusted_close'],
  ['volume', 'volume'],
];

/** Rejected rows, word for word, each once. */
export class QuarantineTable {
  readonly #engine: () => SqlEngine;
  readonly #table: string;

  constructor(options: { readonly engine: () => SqlEngine; readonly database: string }) {
    this.#engine = options.engine;
    this.#table = `${options.database}.quarantine`;
  }

  /** Adds the rows that are not there yet with the same text and the same broken rules. */
  async insert(
    series: Series,
    rows: readonly QuarantinedBar[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void> {
    const known = await this.#engine().rows<{ fingerprint: string }>(
      `SELECT DISTINCT fingerprint FROM ${this.#table} WHERE ${seriesCondition}`,
      seriesParameters(series),
      options,
    );
    const seen = new Set(known.map((row) => row.fingerprint));
    const fresh = new Map<string, QuarantinedBar>();
    for (const row of rows) {
      const print = fingerprint(row);
      if (!seen.has(print)) fresh.set(print, row);
    }
    if (fresh.size === 0) return;
    const bars = [...fresh.values()];
    const texts: NativeColumn[] = [
      stringColumn(
        'label',
        bars.map((bar) => bar.label),
      ),
      ...columns.map(([field, name]) =>
        stringColumn(
          name,
          bars.map((bar) => bar.values[field] ?? ''),
        ),
      ),
      { name: 'quality_score', type: 'UInt8', bytes: Uint8Array.from(bars, (bar) => bar.qualityScore) },
      stringArrayColumn(
        'broken_rules',
        bars.map((bar) => bar.brokenRules),
      ),
      stringColumn('fingerprint', [...fresh.keys()]),
    ];
    const block = { rows: bars.length, columns: texts };
    await this.#engine().insertNative(
      {
        table: this.#table,
        constants: {
          ...seriesConstants(series),
          quarantined_at: { type: "DateTime64(3, 'UTC')", value: instant(identity.acceptedAt) },
          batch_id: { type: 'UUID', value: identity.batchId },
        },
        block,
        deduplicationToken: () => deduplicationToken(identity, block),
      },
      options,
    );
  }

  /** The rows in the order that the contract says: first rejected first. */
  async read({ symbol, after, limit }: QuarantineQuery, options?: StoreOptions): Promise<StoredQuarantine[]> {
    const conditions = [
      ...(symbol === undefined ? [] : ['symbol = {symbol:String}']),
      ...(after === undefined
        ? []
        : [
            `(toUnixTimestamp64Milli(quarantined_at), ${order}) > ({at:Int64}, {batchId:String}, {label:String}, {rowId:String})`,
          ]),
    ];
    const rows = await this.#engine().rows<QuarantineRow>(
      `SELECT symbol, interval, source, adjustment, label, toUnixTimestamp64Milli(quarantined_at) AS at,
         ${columns.map(([, name]) => name).join(', ')}, quality_score, broken_rules, batch_id, fingerprint
       FROM ${this.#table} ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
       ORDER BY quarantined_at, ${order} ${limit === undefined ? '' : 'LIMIT {limit:UInt64}'}`,
      {
        ...(symbol === undefined ? {} : { symbol }),
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : positionParameters(after)),
      },
      options,
    );
    return rows.map((row) => {
      const values: Partial<Record<BarField, string>> = {};
      for (const [field, name] of columns) if (row[name] !== '') values[field] = row[name] as string;
      return {
        symbol: row.symbol,
        interval: row.interval,
        source: row.source,
        adjustment: row.adjustment,
        label: row.label,
        values,
        qualityScore: row.quality_score,
        brokenRules: row.broken_rules,
        quarantinedAt: Number(row.at),
        batchId: row.batch_id,
        rowId: row.fingerprint,
      };
    });
  }
}

/** What decides within one instant. A UUID has an order of its own in the engine, which nobody else has. */
const order = `toString(batch_id), substringUTF8(label, 1, ${quarantineLabelLength}), fingerprint`;

function positionParameters({
  quarantinedAt,
  batchId,
  label,
  rowId,
}: QuarantinePosition): Record<string, string | number> {
  return { at: quarantinedAt, batchId, label: [...label].slice(0, quarantineLabelLength).join(''), rowId };
}

interface QuarantineRow extends Series {
  readonly [column: string]: unknown;
  readonly interval: Interval;
  readonly adjustment: Adjustment;
  readonly label: string;
  readonly at: string;
  readonly quality_score: number;
  readonly broken_rules: readonly string[];
  readonly batch_id: string;
  readonly fingerprint: string;
}

function fingerprint(bar: QuarantinedBar): string {
  const text = JSON.stringify([bar.label, ...columns.map(([field]) => bar.values[field] ?? ''), bar.brokenRules]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
