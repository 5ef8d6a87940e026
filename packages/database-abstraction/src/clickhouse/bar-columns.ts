import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BarBatch, BrokenRulesColumn, DecimalColumn } from '@quantumtrade/shared-types';
import { encodeDecimal128 } from '../engine/decimal128.ts';
import {
  bytesOf,
  dictionaryArrayColumn,
  type NativeBlock,
  type NativeColumn,
  nullable,
} from '../engine/native-format.ts';
import { notStorable } from './stored-range.ts';

/** The decimal columns of a bar, as the table names them. */
const decimalColumns = ['open', 'high', 'low', 'close', 'adjusted_close', 'volume'] as const;
type DecimalColumnName = (typeof decimalColumns)[number];

/** A batch in the memory layout of the table, so that comparing and storing it both work on plain words. */
export interface EncodedBars {
  readonly length: number;
  readonly openTime: Float64Array;
  readonly sessionDate: Int32Array;
  readonly qualityScore: Uint8Array;
  readonly brokenRules: BrokenRulesColumn | undefined;
  /** Four 32-bit words a value; `undefined` for a column the series does not have. */
  readonly decimals: Readonly<Record<DecimalColumnName, Uint32Array | undefined>>;
}

/** A column of more rows than this is work for a turn of the event loop of its own. */
const rowsOfTurn = 8_192;

/**
 * Encodes a batch whose times are known to fit (see `refuseTimesOutside`), the columns of a large one in turns with other
 * work.
 *
 * @throws ServiceError of kind `database`, reason `valueNotStorable`, for a value that the table cannot hold exactly.
 */
export async function encodeBars(batch: BarBatch): Promise<EncodedBars> {
  const encode = async (column: DecimalColumn | undefined): Promise<Uint32Array | undefined> => {
    try {
      if (column === undefined) return undefined;
      if (batch.length > rowsOfTurn) await nextTurn();
      return encodeDecimal128(column);
    } catch (error) {
      throw notStorable(error instanceof Error ? error.message : String(error), error);
    }
  };
  return {
    length: batch.length,
    openTime: batch.openTime,
    sessionDate: batch.sessionDate,
    qualityScore: batch.qualityScore,
    brokenRules: batch.brokenRules,
    decimals: {
      open: await encode(batch.open),
      high: await encode(batch.high),
      low: await encode(batch.low),
      close: await encode(batch.close),
      adjusted_close: await encode(batch.adjustedClose),
      volume: await encode(batch.volume),
    },
  };
}

/**
 * The select list that reads stored versions back in a layout that {@link findChanges} understands.
 *
 * @param batchId an expression for the id of the batch that asks.
 */
export function comparableColumns(batchId: string): string {
  return [
    'toUnixTimestamp64Milli(open_time) AS at',
    'toUnixTimestamp64Milli(ingested_at) AS version',
    `toUInt8(batch_id = ${batchId}) AS own`,
    ...decimalColumns.map((name) => `${name} AS ${name}_value`),
  ].join(', ');
}

/** What a batch adds to the stored bars of its range. */
export interface Changes {
  /** Rows of the batch that are new or have new values. */
  readonly rows: Uint32Array;
  /** Rows that this very batch stored before, be they the newest version or not: the insert is being repeated. */
  readonly alreadyStored: number;
  /** The newest version in the range, milliseconds (UTC); `undefined` when there is none. */
  readonly newestVersion: number | undefined;
}

/**
 * Compares a batch with the stored bars of its range: both are in order of time, so one pass over both is enough. A bar
 * is compared with its newest version. Where the batch has stored rows before, a bar that equals the version of that
 * instant was unchanged then, whatever came since: a retry must not bring its value back.
 *
 * @param stored blocks of {@link comparableColumns} in order of `at`, the newest version of a bar first.
 */
export function findChanges(bars: EncodedBars, stored: readonly NativeBlock[]): Changes {
  const readers = stored.map((block) => ({ rows: block.rows, ...readStored(block) }));
  const ownVersion = ownVersionIn(readers);
  const changed = new Uint32Array(bars.length);
  let count = 0;
  let row = 0;
  let alreadyStored = 0;
  let newest = Number.NEGATIVE_INFINITY;
  let bar: KnownBar | undefined;
  const settle = (): void => {
    if (bar === undefined) return;
    if (bar.own) alreadyStored += 1;
    else if (!bar.equal) changed[count++] = row;
    row += 1;
    bar = undefined;
  };
  let previousAt: number | undefined;
  for (const reader of readers) {
    for (let i = 0; i < reader.rows; i++) {
      const at = reader.at[i] as number;
      const version = reader.version[i] as number;
      newest = Math.max(newest, version);
      if (at !== previousAt) {
        previousAt = at;
        settle();
        while (row < bars.length && (bars.openTime[row] as number) < at) changed[count++] = row++;
        if (row < bars.length && bars.openTime[row] === at) {
          bar = { own: false, equal: reader.equals(bars, row, i), thenSeen: false };
        }
      }
      if (bar === undefined || ownVersion === undefined) continue;
      if (reader.own[i] === 1) bar.own = true;
      if (!bar.thenSeen && version <= ownVersion) {
        bar.thenSeen = true;
        bar.equal ||= reader.equals(bars, row, i);
      }
    }
  }
  settle();
  while (row < bars.length) changed[count++] = row++;
  return {
    rows: changed.subarray(0, count),
    alreadyStored,
    newestVersion: newest === Number.NEGATIVE_INFINITY ? undefined : newest,
  };
}

/** A bar of the batch that has stored versions. */
interface KnownBar {
  /** One of them is the batch's own. */
  own: boolean;
  /** The newest one, or the one of the instant when the batch stored rows before, has the same values. */
  equal: boolean;
  /** Whether the version of that instant has been looked at. */
  thenSeen: boolean;
}

/** The instant under which the batch stored rows before; `undefined` when it stored none. */
function ownVersionIn(readers: readonly StoredReader[]): number | undefined {
  let found: number | undefined;
  for (const { own, version } of readers) {
    for (let i = own.indexOf(1); i >= 0; i = own.indexOf(1, i + 1)) {
      found = Math.max(found ?? Number.NEGATIVE_INFINITY, version[i] as number);
    }
  }
  return found;
}

interface StoredReader {
  readonly at: Float64Array;
  readonly version: Float64Array;
  readonly own: Uint8Array;
  equals(bars: EncodedBars, row: number, storedRow: number): boolean;
}

/** 64-bit integers as numbers, from their halves: no BigInt a row. The instants that are stored are far from 2^53. */
function millisecondsIn(bytes: Uint8Array): Float64Array {
  const halves = new Uint32Array(bytes.buffer);
  const values = new Float64Array(halves.length / 2);
  for (let i = 0; i < values.length; i++) {
    values[i] = ((halves[2 * i + 1] as number) | 0) * 2 ** 32 + (halves[2 * i] as number);
  }
  return values;
}

function readStored(block: NativeBlock): StoredReader {
  const column = (name: string): NativeColumn => {
    const found = block.columns.find((candidate) => candidate.name === name);
    if (found === undefined) throw new RangeError(`column ${name} is missing from the engine's answer`);
    return found;
  };
  // A typed array needs its own alignment, which a slice of the answer does not have.
  const bytes = (name: string): Uint8Array => column(name).bytes.slice();
  const values = decimalColumns.map((name) => {
    const { type, bytes: stored } = column(`${name}_value`);
    const flags = type.startsWith('Nullable(') ? block.rows : 0;
    return { name, isNull: stored.subarray(0, flags), words: new Uint32Array(stored.slice(flags).buffer) };
  });
  return {
    at: millisecondsIn(bytes('at')),
    version: millisecondsIn(bytes('version')),
    own: bytes('own'),
    equals: (bars, row, storedRow) => {
      for (const { name, isNull, words } of values) {
        const mine = bars.decimals[name];
        const isAbsent = isNull[storedRow] === 1;
        if (mine === undefined || isAbsent) {
          if (mine !== undefined || !isAbsent) return false;
        } else if (!equalWords(mine, row * 4, words, storedRow * 4)) {
          return false;
        }
      }
      return true;
    },
  };
}

function equalWords(a: Uint32Array, i: number, b: Uint32Array, j: number): boolean {
  return a[i] === b[j] && a[i + 1] === b[j + 1] && a[i + 2] === b[j + 2] && a[i + 3] === b[j + 3];
}

/** The block that stores the given rows of a batch. */
export function barsBlock(bars: EncodedBars, rows: Uint32Array): NativeBlock {
  // Rows that stand one after another are used where they are.
  const first = rows[0] ?? 0;
  const end = first + rows.length;
  const contiguous = rows.length > 0 && rows[rows.length - 1] === end - 1;
  const openTime = new Uint32Array(rows.length * 2);
  const sessionDate = new Int32Array(rows.length);
  const qualityScore = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    // A 64-bit integer as its two halves: no BigInt a row.
    const instant = bars.openTime[row] as number;
    const high = Math.floor(instant / 2 ** 32);
    openTime[i * 2] = instant - high * 2 ** 32;
    openTime[i * 2 + 1] = high;
    sessionDate[i] = bars.sessionDate[row] as number;
    qualityScore[i] = bars.qualityScore[row] as number;
  }
  const columns: NativeColumn[] = [
    { name: 'open_time', type: "DateTime64(3, 'UTC')", bytes: bytesOf(openTime) },
    { name: 'session_date', type: 'Date32', bytes: bytesOf(sessionDate) },
    { name: 'quality_score', type: 'UInt8', bytes: qualityScore },
  ];
  if (bars.brokenRules !== undefined) {
    const { combinations, index } = bars.brokenRules;
    const picked = contiguous ? index.subarray(first, end) : Uint16Array.from(rows, (row) => index[row] as number);
    columns.push(dictionaryArrayColumn('broken_rules', combinations, picked));
  }
  for (const name of decimalColumns) {
    const words = bars.decimals[name];
    // A column that is left out takes the table's default, which is NULL for the two that may be absent.
    if (words === undefined) continue;
    const column = {
      name,
      type: 'Decimal(38, 18)',
      bytes: bytesOf(contiguous ? words.subarray(first * 4, end * 4) : gather(words, rows)),
    };
    columns.push(
      name === 'adjusted_close' || name === 'volume' ? nullable(column, new Uint8Array(rows.length)) : column,
    );
  }
  return { rows: rows.length, columns };
}

function gather(words: Uint32Array, rows: Uint32Array): Uint32Array {
  const picked = new Uint32Array(rows.length * 4);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * 4;
    for (let k = 0; k < 4; k++) picked[i * 4 + k] = words[from + k] as number;
  }
  return picked;
}
