import { join } from 'node:path';
import { isServiceError, ServiceError } from '@quantumtrade/core-traits';
import type { Interval } from '@quantumtrade/shared-types';
import { periodExpression } from '../clickhouse/bar-rows.ts';
import type { QueryParameters, SqlEngine } from '../engine/sql-engine.ts';
import { type BarFileFormat, type BarPartition, engineFormat, partitionFile, periodOf } from './bar-file.ts';
import { writtenColumns } from './bar-file-columns.ts';
import { reasonOf } from './invalid-bar-file.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Which bars to export. Instants are milliseconds since the Unix epoch (UTC). */
export interface BarSelection {
  readonly interval: Interval;
  /** All symbols when left out. */
  readonly symbol?: string | undefined;
  /** All sources when left out. */
  readonly source?: string | undefined;
  /** First open time, included. */
  readonly from?: number | undefined;
  /** Last open time, included. */
  readonly to?: number | undefined;
  /** Every stored version of a bar instead of the newest one. @default false */
  readonly allVersions?: boolean | undefined;
}

/** Where an export writes to, and how. */
export interface ExportTarget {
  /** Made where needed. */
  readonly directory: string;
  readonly format: BarFileFormat;
}

/** A file that was written. */
export interface ExportedFile {
  readonly path: string;
  readonly bytes: number;
}

/** Writes stored bars to files, with the engine's own writers of the formats. */
export class BarExport {
  readonly #engine: () => SqlEngine;
  readonly #bars: string;

  constructor(options: { readonly engine: () => SqlEngine; readonly database: string }) {
    this.#engine = options.engine;
    this.#bars = `${options.database}.bars`;
  }

  async partitions(selection: BarSelection): Promise<BarPartition[]> {
    const { interval } = selection;
    const rows = await this.#engine().rows<PartitionRow>(
      `SELECT source, symbol, ${periodColumn(interval)} AS period, count() AS bars,
         toUnixTimestamp64Milli(min(open_time)) AS first, toUnixTimestamp64Milli(max(open_time)) AS last
       FROM (${this.#selected(selection)}) AS bars
       GROUP BY source, symbol, period ORDER BY source, symbol, period`,
      parametersOf(selection),
    );
    return rows.map(({ source, symbol, period, bars, first, last }) => ({
      source,
      interval,
      symbol,
      period,
      bars: Number(bars),
      first: Number(first),
      last: Number(last),
    }));
  }

  async write(partition: BarPartition, selection: BarSelection, target: ExportTarget): Promise<ExportedFile> {
    const { symbol, source, first: from, last: to, interval, period } = partition;
    const { format } = target;
    const narrowed = { ...selection, interval, symbol, source, from, to };
    const path = join(target.directory, partitionFile(partition, format));
    // Not through a file of the engine's own: the embedded one says nothing when the disk is full and cuts the file off.
    const bytes = this.#engine().formatted(
      `SELECT ${writtenColumns(format)} FROM (${this.#selected(narrowed)}) AS bars
       WHERE ${periodColumn(interval)} = {period:String} ORDER BY bars.adjustment, bars.open_time, bars.ingested_at
       SETTINGS date_time_output_format = 'iso', format_csv_null_representation = ''`,
      engineFormat(format),
      { ...parametersOf(narrowed), period },
    );
    try {
      return { path, bytes: await writeWholeFile(path, bytes) };
    } catch (cause) {
      if (isServiceError(cause)) throw cause;
      throw new ServiceError({
        kind: 'configuration',
        reason: 'outputUnusable',
        message: `${path} cannot be written (${reasonOf(cause)}): free space or name another directory with --out`,
        cause,
      });
    }
  }

  /** The selected versions: the newest of each bar without the superseded ones, or all. */
  #selected(selection: BarSelection): string {
    const { interval, symbol, source, from, to, allVersions = false } = selection;
    const conditions = [
      'interval = {interval:String}',
      ...(symbol === undefined ? [] : ['symbol = {symbol:String}']),
      ...(source === undefined ? [] : ['source = {source:String}']),
      ...(from === undefined ? [] : ["open_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')"]),
    ];
    const end = to === undefined ? [] : ["open_time <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')"];
    const rows = (where: readonly string[]): string => `SELECT * FROM ${this.#bars} WHERE ${where.join(' AND ')}`;
    const newest = 'ORDER BY ingested_at DESC LIMIT 1 BY symbol, interval, source, adjustment, open_time';
    if (allVersions) return rows([...conditions, ...end]);
    const period = periodExpression(interval);
    if (period === undefined) return `${rows([...conditions, ...end])} ${newest}`;
    // What supersedes a row in the range may be after its end, so the end is applied last.
    return `SELECT * FROM (
      SELECT * FROM (${rows(conditions)} ${newest})
      ORDER BY session_date DESC, open_time DESC LIMIT 1 BY symbol, source, adjustment, ${period}
    ) ${end.map((condition) => `WHERE ${condition}`).join('')}`;
  }
}

interface PartitionRow {
  readonly source: string;
  readonly symbol: string;
  readonly period: string;
  readonly bars: string;
  readonly first: string;
  readonly last: string;
}

function periodColumn(interval: Interval): string {
  return periodOf(interval) === 'date' ? 'toString(bars.session_date)' : 'toString(toYear(bars.session_date))';
}

function parametersOf({ interval, symbol, source, from, to }: BarSelection): QueryParameters {
  return {
    interval,
    ...(symbol === undefined ? {} : { symbol }),
    ...(source === undefined ? {} : { source }),
    ...(from === undefined ? {} : { from: Math.ceil(from) }),
    ...(to === undefined ? {} : { to: Math.floor(to) }),
  };
}
