import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BarBatch } from '@quantumtrade/shared-types';
import type { NativeBlock } from '../engine/native-format.ts';
import type { BarDecimals } from './bar-columns.ts';
import { LaidOutDecimals } from './laid-out-decimals.ts';
import { StoredReader } from './stored-reader.ts';

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
 * instant was unchanged then, whatever came since: a retry must not bring its value back. Of more than two blocks
 * each is compared in a turn of the event loop of its own.
 *
 * @param stored blocks of {@link comparableColumns} in order of `at`, the newest version of a bar first.
 */
export async function findChanges(
  bars: Pick<BarBatch, 'length' | 'openTime'>,
  decimals: BarDecimals,
  stored: readonly NativeBlock[],
): Promise<Changes> {
  const readers = stored.map((block) => new StoredReader(block));
  const laidOut = decimals.map((column) => column && new LaidOutDecimals(column));
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
    if (readers.length > 2) await nextTurn();
    if (ownVersion === undefined && reader.at[0] !== previousAt) {
      settle();
      if (reader.equalsWhole(bars.openTime, laidOut, row)) {
        row += reader.rows;
        previousAt = reader.at[reader.rows - 1];
        for (let i = 0; i < reader.rows; i++) newest = Math.max(newest, reader.version[i] as number);
        continue;
      }
    }
    for (let i = 0; i < reader.rows; i++) {
      const at = reader.at[i] as number;
      const version = reader.version[i] as number;
      newest = Math.max(newest, version);
      if (at !== previousAt) {
        previousAt = at;
        settle();
        while (row < bars.length && (bars.openTime[row] as number) < at) changed[count++] = row++;
        if (row < bars.length && bars.openTime[row] === at) {
          bar = { own: false, equal: reader.equals(laidOut, row, i), thenSeen: false };
        }
      }
      if (bar === undefined || ownVersion === undefined) continue;
      if (reader.own[i] === 1) bar.own = true;
      if (!bar.thenSeen && version <= ownVersion) {
        bar.thenSeen = true;
        bar.equal ||= reader.equals(laidOut, row, i);
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
