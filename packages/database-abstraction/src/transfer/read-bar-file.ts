import { isServiceError, ServiceError } from '@quantumtrade/core-traits';
import {
  type Adjustment,
  type BarLabel,
  type Interval,
  isInterval,
  parseSymbol,
  type Series,
} from '@quantumtrade/shared-types';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { engineFormat, formatOfFile } from './bar-file.ts';
import { type BarFileColumnName, barFileColumns, fitsColumn, readColumns } from './bar-file-columns.ts';
import { parseDate, parseInstant, parseUnits } from './bar-file-values.ts';
import { invalidBarFile, reasonOf } from './invalid-bar-file.ts';

/** A version of a bar as a file holds it, checked. Instants are milliseconds since the Unix epoch (UTC). */
export interface FileBar {
  readonly series: Series;
  readonly openTime: number;
  readonly ingestedAt: number;
  /** Days since 1970-01-01. */
  readonly sessionDate: number;
  /** Units of 10^-18. */
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly adjustedClose: bigint | undefined;
  readonly volume: bigint | undefined;
  readonly qualityScore: number;
  readonly barLabel: BarLabel;
  readonly batchId: string;
  /** Empty where the vendor gave none. */
  readonly lastRefreshed: string;
  readonly brokenRules: readonly string[];
}

type FileRow = Readonly<Record<BarFileColumnName, string | null>>;

/**
 * The bars of a file that an export wrote, every value checked.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidBarFile`, that names the file and what is wrong with it.
 */
export async function readBarFile(engine: SqlEngine, path: string): Promise<FileBar[]> {
  const format = formatOfFile(path);
  if (format === undefined) throw invalidBarFile(path, 'its name does not end in .parquet, .csv or .jsonl');
  if (engine.files === undefined) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'transferUnsupported',
      message: 'files are read with the embedded engine: import them into a data directory',
    });
  }
  const file = { path, format: engineFormat(format) };
  let rows: FileRow[];
  try {
    checkColumns(path, await engine.files.columns(file), format === 'parquet');
    const structure = barFileColumns.map(({ name }) => `${name} Nullable(String)`).join(', ');
    rows = await engine.files.rows(file, readColumns(format), format === 'parquet' ? undefined : structure);
  } catch (cause) {
    if (isServiceError(cause) && cause.reason === 'invalidBarFile') throw cause;
    throw invalidBarFile(path, `it cannot be read as ${format}: ${reasonOf(cause)}`);
  }
  return rows.map((row, index) => {
    try {
      return checkRow(row);
    } catch (cause) {
      throw invalidBarFile(path, `row ${index + 1}: ${reasonOf(cause)}`);
    }
  });
}

function checkColumns(
  path: string,
  found: readonly { readonly name: string; readonly type: string }[],
  typed: boolean,
): void {
  const types = new Map(found.map(({ name, type }) => [name, type]));
  const missing = barFileColumns.filter(({ name }) => !types.has(name));
  if (missing.length > 0) throw invalidBarFile(path, `column ${missing[0]?.name} is missing`);
  for (const { name, kind } of barFileColumns) {
    const type = types.get(name) as string;
    if (typed && !fitsColumn(kind, type))
      throw invalidBarFile(path, `column ${name} has the type ${type}, which is no ${kind}`);
    types.delete(name);
  }
  const [unknown] = types.keys();
  if (unknown !== undefined) throw invalidBarFile(path, `column ${unknown} is none that this version knows`);
}

function checkRow(row: FileRow): FileBar {
  const need = (name: BarFileColumnName): string => {
    const value = row[name];
    if (value === null || value === '') throw new RangeError(`${name} is missing`);
    return value;
  };
  const decimal = (name: BarFileColumnName): bigint => parseUnits(name, need(name));
  const optional = (name: BarFileColumnName): bigint | undefined => (row[name] === null ? undefined : decimal(name));
  const oneOf = <Word extends string>(name: BarFileColumnName, words: readonly Word[]): Word => {
    const value = need(name);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw new RangeError(`${name} ${quoted(value)} is not ${words.join(' or ')}`);
    return word;
  };
  const matching = (name: BarFileColumnName, pattern: RegExp, what: string): string => {
    const value = need(name);
    if (!pattern.test(value)) throw new RangeError(`${name} ${quoted(value)} is no ${what}`);
    return value;
  };
  return {
    series: {
      symbol: symbolOf(need('symbol')),
      interval: intervalOf(need('interval')),
      source: matching('source', /^[a-z0-9_]{1,64}$/, 'name of a source'),
      adjustment: oneOf<Adjustment>('adjustment', ['raw', 'adjusted']),
    },
    openTime: parseInstant('open_time', need('open_time')),
    ingestedAt: parseInstant('ingested_at', need('ingested_at')),
    sessionDate: parseDate('session_date', need('session_date')),
    open: decimal('open'),
    high: decimal('high'),
    low: decimal('low'),
    close: decimal('close'),
    adjustedClose: optional('adjusted_close'),
    volume: optional('volume'),
    qualityScore: Number(matching('quality_score', /^(100|[1-9]?\d)$/, 'score from 0 to 100')),
    barLabel: oneOf<BarLabel>('bar_label', ['start', 'end']),
    batchId: matching('batch_id', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'batch id'),
    lastRefreshed: textOf(row.last_refreshed ?? ''),
    brokenRules: rulesOf(row.broken_rules ?? ''),
  };
}

function symbolOf(text: string): string {
  if (parseSymbol(text) === text) return text;
  throw new RangeError(`symbol ${quoted(text)} is not in upper case`);
}

function textOf(text: string): string {
  if (/^[\x20-\x7e]{0,64}$/.test(text)) return text;
  throw new RangeError(`last_refreshed ${quoted(text)} is no short plain text`);
}

function rulesOf(text: string): readonly string[] {
  if (/^([a-z_]+( [a-z_]+)*)?$/.test(text)) return text === '' ? [] : text.split(' ');
  throw new RangeError(`broken_rules ${quoted(text)} are no names of rules`);
}

function intervalOf(text: string): Interval {
  if (isInterval(text)) return text;
  throw new RangeError(`interval ${quoted(text)} is unknown`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
