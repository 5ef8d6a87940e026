import type { TextColumn } from '@quantumtrade/shared-types';
import { ZoneDirectory } from '../../processors/local-time.ts';

/** Labels that a processor can read, and the zone that they are local to. */
export interface LocalLabels {
  readonly label: TextColumn;
  readonly timeZone: string;
}

const zones = new ZoneDirectory();

/** `2021-10-13T04:00:00` and what may follow: a fraction of nothing but zeros, and UTC. */
const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.0{1,9})?(?:Z|\+00:00)$/;
const secondsLength = '2021-10-13T04:00:00'.length;
const dateLength = '2021-10-13'.length;

/**
 * Labels of bars within the day: the vendor's UTC times without what a label has no room for. A time with a fraction
 * or another offset stays as it is, and is found malformed.
 */
export function intradayLabels(text: Uint8Array, column: TextColumn): LocalLabels {
  const ends = column.ends.slice();
  for (let row = 0; row < ends.length; row++) {
    if (instant.test(textOf(text, column, row))) ends[row] = (column.starts[row] as number) + secondsLength;
  }
  return { label: { starts: column.starts, ends }, timeZone: 'UTC' };
}

/**
 * Labels of daily and longer bars: their date in the zone whose midnight they begin at, which is the one of
 * `candidates` that fits most rows. A row that begins at another time keeps the vendor's text, and is found malformed.
 */
export function dateLabels(text: Uint8Array, column: TextColumn, candidates: readonly string[]): LocalLabels {
  const length = column.starts.length;
  const times = Array.from({ length }, (_, row) => instant.exec(textOf(text, column, row)) ?? undefined);
  let best: { readonly timeZone: string; readonly fits: readonly boolean[]; readonly count: number } | undefined;
  for (const timeZone of candidates) {
    const fits = times.map((time) => time !== undefined && isMidnight(time, timeZone));
    const count = fits.filter(Boolean).length;
    if (best === undefined || count > best.count) best = { timeZone, fits, count };
  }
  const ends = column.ends.slice();
  for (let row = 0; row < length; row++) {
    if (best?.fits[row]) ends[row] = (column.starts[row] as number) + dateLength;
  }
  return { label: { starts: column.starts, ends }, timeZone: best?.timeZone ?? 'UTC' };
}

/** Whether a UTC time is the midnight of its own date in a zone: west of Greenwich the two dates are the same. */
function isMidnight([, date, time]: RegExpExecArray, timeZone: string): boolean {
  const utc = Date.parse(`${date}T${time}Z`);
  const local = Date.parse(`${date}T00:00:00Z`);
  return zones.find(timeZone)?.instantOf(local) === utc;
}

function textOf(text: Uint8Array, { starts, ends }: TextColumn, row: number): string {
  const start = starts[row] as number;
  const end = ends[row] as number;
  // Longer than any time: not worth decoding.
  return end - start > 40 ? '' : Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1');
}
