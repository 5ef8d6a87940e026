import type { BarLabel, Series, StoreOptions } from '@quantumtrade/shared-types';
import { literal, typedLiteral } from '../engine/literal.ts';
import { bytesOf, type NativeBlock } from '../engine/native-format.ts';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { comparableColumns } from './bar-columns.ts';
import { type CoalescingLimits, GroupCommit, orAlone } from './group-commit.ts';
import { anyOf, askOncePerSeries, placeAmong, seriesCondition, seriesKey, seriesParameters } from './series-filter.ts';

export interface StoredVersionsOptions {
  readonly limits: CoalescingLimits | undefined;
  readonly engine: () => SqlEngine;
  /** The table of bars. */
  readonly table: string;
}

/**
 * How many series are asked about at once. What is stored of one may be many rows, and a statement tells 255 series apart;
 * its label is one row, and a thousand names stay far below the 256 KB that a statement may have.
 */
const [seriesOfVersions, seriesOfLabels] = [100, 1_000];

/** The versions that a batch is compared with. */
export interface VersionsQuery {
  readonly series: Series;
  /** First and last open time, both included: milliseconds since the Unix epoch (UTC). */
  readonly first: number;
  readonly last: number;
  readonly batchId: string;
}

/**
 * Looks up what is stored of a series. Lookups that come while one is under way are asked in one statement: most of what
 * a short statement costs is the same for any number of series.
 */
export class StoredVersions {
  readonly #engine: () => SqlEngine;
  readonly #table: string;
  readonly #labels: GroupCommit<Series, BarLabel | undefined>;
  readonly #versions: GroupCommit<VersionsQuery, readonly NativeBlock[]>;

  constructor(options: StoredVersionsOptions) {
    this.#engine = options.engine;
    this.#table = options.table;
    const ofSeries = (maxRows: number) => ({
      limits: options.limits && { ...options.limits, maxRows },
      rowsOf: () => 1,
    });
    this.#labels = new GroupCommit({
      ...ofSeries(seriesOfLabels),
      together: (series) => this.#readLabels(series),
    });
    this.#versions = new GroupCommit({
      ...ofSeries(seriesOfVersions),
      together: (queries) => askOncePerSeries(queries, (some) => this.#readVersions(some)),
    });
  }

  /** The label convention of the series' bars; `undefined` when it has none. */
  async label(series: Series, options?: StoreOptions): Promise<BarLabel | undefined> {
    return await orAlone(
      () => this.#labels.run(series, options?.signal),
      async () => (await this.#readLabels([series]))[0],
    );
  }

  /** Blocks of {@link comparableColumns} in order of open time, the newest version of a bar first. */
  async versions(query: VersionsQuery, options?: StoreOptions): Promise<readonly NativeBlock[]> {
    return await orAlone(
      () => this.#versions.run(query, options?.signal),
      async () => (await this.#readVersions([query]))[0] ?? [],
    );
  }

  async #readLabels(series: readonly Series[]): Promise<(BarLabel | undefined)[]> {
    const [first] = series;
    if (first === undefined) return [];
    if (series.length === 1) {
      const [row] = await this.#engine().rows<{ bar_label: BarLabel }>(
        `SELECT bar_label FROM ${this.#table} WHERE ${seriesCondition} LIMIT 1`,
        seriesParameters(first),
      );
      return [row?.bar_label];
    }
    const rows = await this.#engine().rows<Series & { bar_label: BarLabel }>(
      `SELECT symbol, interval, source, adjustment, any(bar_label) AS bar_label FROM ${this.#table}
       WHERE ${anyOf(series)}
       GROUP BY symbol, interval, source, adjustment`,
    );
    const found = new Map(rows.map((row) => [seriesKey(row), row.bar_label]));
    return series.map((one) => found.get(seriesKey(one)));
  }

  /** Of different series: a series says which query a row is for. */
  async #readVersions(queries: readonly VersionsQuery[]): Promise<(readonly NativeBlock[])[]> {
    const [only] = queries;
    if (only === undefined) return [];
    if (queries.length === 1) {
      const { series, ...rest } = only;
      const blocks = await this.#engine().nativeBlocks(
        `SELECT ${comparableColumns('{batchId:UUID}')} FROM ${this.#table} WHERE ${seriesCondition}
           AND open_time BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC')
             AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')
         ORDER BY open_time, ingested_at DESC`,
        { ...seriesParameters(series), ...rest },
      );
      return [blocks];
    }
    const series = queries.map((query) => query.series);
    const firsts = queries.map((query) => query.first);
    const lasts = queries.map((query) => query.last);
    const [first, last] = [Math.min(...firsts), Math.max(...lasts)];
    const at = 'toUnixTimestamp64Milli(open_time)';
    const ofQuery = (values: readonly (number | string)[], type: string): string =>
      `${typedLiteral(`[${values.join(', ')}]`, `Array(${type})`)}[query + 1]`;
    const ids = ofQuery(
      queries.map(({ batchId }) => literal(batchId)),
      'UUID',
    );
    const sameRange = firsts.every((other) => other === first) && lasts.every((other) => other === last);
    const ranges = sameRange ? '' : `AND ${at} BETWEEN ${ofQuery(firsts, 'Int64')} AND ${ofQuery(lasts, 'Int64')}`;
    const blocks = await this.#engine().nativeBlocks(
      `SELECT ${placeAmong(series)} AS query, ${comparableColumns(ids)} FROM ${this.#table}
       WHERE ${anyOf(series)} AND open_time BETWEEN ${instantOf(first)} AND ${instantOf(last)} ${ranges}
       ORDER BY query, open_time, ingested_at DESC`,
    );
    return splitByQuery(blocks, queries.length);
  }
}

function instantOf(milliseconds: number): string {
  return `fromUnixTimestamp64Milli(toInt64(${milliseconds}), 'UTC')`;
}

/** The rows of each query out of blocks that are in the order of their first column, the query's number. */
function splitByQuery(blocks: readonly NativeBlock[], queries: number): NativeBlock[][] {
  const found: NativeBlock[][] = Array.from({ length: queries }, () => []);
  for (const { rows, columns } of blocks) {
    const query = columns[0]?.bytes ?? new Uint8Array();
    for (let from = 0; from < rows; ) {
      const which = query[from] as number;
      let to = from + 1;
      while (to < rows && query[to] === which) to++;
      found[which]?.push({ rows: to - from, columns: columns.slice(1).map((column) => cut(column, rows, from, to)) });
      from = to;
    }
  }
  return found;
}

/** Some rows of a column of fixed width. A nullable one has a byte for each row before its values. */
function cut(column: NativeBlock['columns'][number], rows: number, from: number, to: number): typeof column {
  const { type, bytes } = column;
  const flags = type.startsWith('Nullable(') ? rows : 0;
  const width = (bytes.length - flags) / rows;
  const values = bytes.subarray(flags + from * width, flags + to * width);
  return { ...column, bytes: flags === 0 ? values : bytesOf(Buffer.concat([bytes.subarray(from, to), values])) };
}
