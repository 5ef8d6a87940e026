import type { Series } from '@quantumtrade/shared-types';

/** The four fields that identify a series, and nothing else that the object may carry. */
export function seriesOf({ symbol, interval, source, adjustment }: Series): Series {
  return { symbol, interval, source, adjustment };
}

/** Text that two series share only when they are the same. */
export function seriesKey({ symbol, interval, source, adjustment }: Series): string {
  return JSON.stringify([symbol, interval, source, adjustment]);
}
