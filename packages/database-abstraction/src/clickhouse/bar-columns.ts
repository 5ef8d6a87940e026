import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BarBatch, DecimalColumn } from '@quantumtrade/shared-types';
import { encodeDecimal128 } from '../engine/decimal128.ts';
import { decodeInt64 } from '../engine/int64.ts';
import type { NativeBlock, NativeColumn } from '../engine/native-format.ts';

/** The decimal columns of a bar, as the table names them. */
const decimalColumns = ['open', 'high', 'low', 'close', 'adjusted_close', 'volume'] as const;
type DecimalColumnName = (typeof decimalColumns)[number];

/**
 * The decimals of a batch in the memory layout of the table, so that comparing them works on plain words: four of 32 bits a
 * value; `undefined` for a column the series does not have.
 */
export type EncodedDecimals = Readonly<Record<DecimalColumnName, Uint32Array | undefined>>;

/** A column of more rows than this is work for a turn of the event loop of its own. */
const rowsOfTurn = 8_192;

/** Encodes the decimals of a batch whose values are known to fit, the columns of a large one in turns with other work. */
export async function encodeDecimals(batch: BarBatch): Promise<EncodedDecimals> {
  const encode = async (column: DecimalColumn | undefined): Promise<Uint32Array | undefined> => {
    if (column === undefined) return undefined;
    if (batch.length > rowsOfTurn) await nextTurn();
    return encodeDecimal128(column);
  };
  return {
    open: await encode(batch.open),
    high: await encode(batch.high),
    low: await encode(batch.low),
    close: await encode(batch.close),
    adjusted_close: await encode(batch.adjustedClose),
    volume: await encode(batch.volume),
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

/** All of a batch, where nothing is stored in its range. */
export function wholeBatch({ length }: Pick<BarBatch, 'length'>): Changes {
  const rows = new Uint32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return { rows, alreadyStored: 0, newestVersion: undefined };
}

/**
 * Compares a batch with the stored bars of its range: both are in order of time, so one pass over both is enough. A bar
 * is compared with its newest version. Where the batch has stored rows before, a bar that equals the version of that
 * instant was unchanged then, whatever came since: a retry must not bring its value back.
 *
 * @param stored blocks of {@link comparableColumns} in order of `at`, the newest version of a bar first.
 */
export function findChanges(
  bars: Pick<BarBatch, 'length' | 'openTime'>,
  decimals: EncodedDecimals,
  stored: readonly NativeBlock[],
): Changes {
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
          bar = { own: false, equal: reader.equals(decimals, row, i), thenSeen: false };
        }
      }
      if (bar === undefined || ownVersion === undefined) continue;
      if (reader.own[i] === 1) bar.own = true;
      if (!bar.thenSeen && version <= ownVersion) {
        bar.thenSeen = true;
        bar.equal ||= reader.equals(decimals, row, i);
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
  equals(decimals: EncodedDecimals, row: number, storedRow: number): boolean;
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
    at: decodeInt64(bytes('at')),
    version: decodeInt64(bytes('version')),
    own: bytes('own'),
    equals: (decimals, row, storedRow) => {
      for (const { name, isNull, words } of values) {
        const mine = decimals[name];
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
