import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServiceError } from '@quantumtrade/core-traits';
import type { BarBatch } from '@quantumtrade/shared-types';
import { refuseUnstorableDecimals } from '../engine/decimal128.ts';

/** What `DateTime64(3)` and `Date32` hold exactly: the years 1900 to 2299. */
const earliest = Date.UTC(1900, 0, 1);
const end = Date.UTC(2300, 0, 1);
const dayMs = 86_400_000;

/** Whether a `DateTime64(3)` holds an instant (milliseconds, UTC) exactly. */
export function isStorableInstant(instant: number): boolean {
  return instant >= earliest && instant < end && Number.isInteger(instant);
}

/**
 * Refuses instants and dates that the table would round, wrap or move to its limits without a word.
 *
 * @throws ServiceError of kind `database`, reason `valueNotStorable`.
 */
export function refuseTimesOutside(openTime: Float64Array, sessionDate: Int32Array): void {
  for (let row = 0; row < openTime.length; row++) {
    const instant = openTime[row] as number;
    if (!isStorableInstant(instant)) {
      throw notStorable(`row ${row} opens at ${instant}, which is no whole millisecond from 1900 to 2299`);
    }
    const day = (sessionDate[row] as number) * dayMs;
    if (!(day >= earliest && day < end)) throw notStorable(`row ${row} has a session date outside 1900 to 2299`);
  }
}

/** A column of more rows than this is looked through in a turn of the event loop of its own. */
const rowsOfTurn = 8_192;

/**
 * Refuses decimals that the table cannot hold exactly.
 *
 * @throws ServiceError of kind `database`, reason `valueNotStorable`.
 */
export async function refuseValuesOutside(batch: BarBatch): Promise<void> {
  for (const column of [batch.open, batch.high, batch.low, batch.close, batch.adjustedClose, batch.volume]) {
    if (column === undefined) continue;
    if (batch.length > rowsOfTurn) await nextTurn();
    try {
      refuseUnstorableDecimals(column);
    } catch (error) {
      throw notStorable(error instanceof Error ? error.message : String(error), error);
    }
  }
}

/** The refusal of a value that the store cannot hold exactly: the same again would be refused again. */
function notStorable(what: string, cause?: unknown): ServiceError {
  return new ServiceError({
    kind: 'database',
    reason: 'valueNotStorable',
    message: `nothing of the batch was stored: ${what}; quarantine that row`,
    retryable: false,
    ...(cause === undefined ? {} : { cause }),
  });
}
