import { extname } from 'node:path';
import { type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';

/** How bars are written to files: `json` is one object a line. */
export type BarFileFormat = 'parquet' | 'csv' | 'json';

/** Every format of a file of bars. */
export const barFileFormats: readonly BarFileFormat[] = ['parquet', 'csv', 'json'];

/** The bars of one file: of one source, interval and symbol, and of one session date or one year. */
export interface BarPartition {
  readonly source: string;
  readonly interval: Interval;
  readonly symbol: string;
  /** A session date, `2024-01-02`, for intraday bars; a year, `2024`, for daily and longer ones. */
  readonly period: string;
  /** How many rows its file will have. */
  readonly bars: number;
  /** Open time of the first and the last bar: milliseconds since the Unix epoch (UTC). */
  readonly first: number;
  readonly last: number;
}

interface FormatTraits {
  readonly extension: string;
  /** How the engine calls it. */
  readonly engineName: 'Parquet' | 'CSVWithNames' | 'JSONEachRow';
}

const traits: Readonly<Record<BarFileFormat, FormatTraits>> = {
  parquet: { extension: '.parquet', engineName: 'Parquet' },
  csv: { extension: '.csv', engineName: 'CSVWithNames' },
  json: { extension: '.jsonl', engineName: 'JSONEachRow' },
};

/** The engine's name of a format. */
export function engineFormat(format: BarFileFormat): FormatTraits['engineName'] {
  return traits[format].engineName;
}

/** The format that a file's name promises; `undefined` for a name that no export gives. */
export function formatOfFile(path: string): BarFileFormat | undefined {
  const extension = extname(path);
  return barFileFormats.find((format) => traits[format].extension === extension);
}

/** Whether files of an interval hold a session date each, or a year. */
export function periodOf(interval: Interval): 'date' | 'year' {
  return intradayMilliseconds(interval) === undefined ? 'year' : 'date';
}

/** The file of a partition below the directory of an export, in folders as Hive names them. */
export function partitionFile(partition: BarPartition, format: BarFileFormat): string {
  const { source, interval, symbol, period } = partition;
  const folders = { source, interval, symbol, [periodOf(interval)]: period };
  const names = Object.entries(folders).map(([name, value]) => `${name}=${escapeFolder(value)}`);
  return [...names, `bars${traits[format].extension}`].join('/');
}

/** Percent-encodes what a file system or a reader of Hive folders could take for something else: `BRK/B` to `BRK%2FB`. */
function escapeFolder(value: string): string {
  return value.replace(
    /[^A-Za-z0-9._-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
