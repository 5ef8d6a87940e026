import { ServiceError } from '@quantumtrade/core-traits';
import {
  type BarRequest,
  type CollectionPriority,
  type DataEntitlement,
  type Interval,
  intervals,
  intradayMilliseconds,
  isInterval,
  parseSymbol,
} from '@quantumtrade/shared-types';

/** How to collect, beside symbol and interval. */
export interface CollectionOptions {
  /**
   * Asks for adjusted data: intraday prices rewritten for splits and dividends, or an adjusted close beside as-traded
   * prices for daily and longer. @default false
   */
  readonly adjusted?: boolean | undefined;
  /** `compact` is the newest 100 bars, `full` all that one request can give. The configured default otherwise. */
  readonly outputSize?: 'compact' | 'full' | undefined;
  /** Intraday only: one month, `2024-01`, instead of the newest bars. */
  readonly month?: string | undefined;
  /**
   * Intraday only: whether bars before and after the regular session are asked for, where the vendor lets one choose. The
   * configured default otherwise.
   */
  readonly extendedHours?: boolean | undefined;
  /** How fresh the bars shall be, where the vendor's plans differ in it. The configured default otherwise. */
  readonly entitlement?: DataEntitlement | undefined;
  /** Earliest opening of a bar, in milliseconds since the Unix epoch (UTC), where the vendor offers ranges. */
  readonly from?: number | undefined;
  /** Bars that open at this instant or later are left out; milliseconds as above. */
  readonly to?: number | undefined;
  /** Who goes first where requests wait for the vendor's quota. @default 'default' */
  readonly priority?: CollectionPriority | undefined;
  /** Ends the collection; it then rejects with the signal's reason. What was stored by then stays. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks a request before anything is sent.
 *
 * @throws ServiceError of kind `configuration`: `invalidSymbol`, `invalidInterval`, `invalidMonth`, `invalidOutputSize`,
 * `invalidExtendedHours`, `invalidEntitlement`, `invalidRange`.
 */
export function parseRequest(symbol: string, interval: string, options: CollectionOptions = {}): BarRequest {
  const { adjusted = false, outputSize, month, extendedHours, entitlement, from, to } = options;
  const checked = parseInterval(interval);
  if (month !== undefined) checkMonth(month, checked);
  if (outputSize !== undefined && outputSize !== 'compact' && outputSize !== 'full') {
    throw invalid('invalidOutputSize', `output size ${JSON.stringify(outputSize)} is unknown: use compact or full`);
  }
  checkHours(extendedHours, checked);
  if (entitlement !== undefined && entitlement !== 'realtime' && entitlement !== 'delayed') {
    throw invalid(
      'invalidEntitlement',
      `entitlement ${JSON.stringify(entitlement)} is unknown: use realtime or delayed`,
    );
  }
  checkRange(from, to);
  return {
    symbol: parseSymbol(symbol),
    interval: checked,
    adjusted,
    outputSize,
    month,
    ...(extendedHours !== undefined && { extendedHours }),
    ...(entitlement !== undefined && { entitlement }),
    ...range(from, to),
  };
}

/** @throws ServiceError of kind `configuration`, reason `invalidInterval`. */
export function parseInterval(interval: string): Interval {
  if (isInterval(interval)) return interval;
  throw invalid('invalidInterval', `interval ${JSON.stringify(interval)} is unknown: use ${intervals.join(', ')}`);
}

function checkRange(from: number | undefined, to: number | undefined): void {
  for (const instant of [from, to]) {
    if (instant !== undefined && !(Number.isInteger(instant) && Math.abs(instant) <= lastInstant)) {
      throw invalid('invalidRange', 'from and to are whole milliseconds since the Unix epoch');
    }
  }
  if (from !== undefined && to !== undefined && from >= to) {
    throw invalid('invalidRange', 'the range is empty: from must lie before to');
  }
}

function range(from: number | undefined, to: number | undefined): Pick<BarRequest, 'from' | 'to'> {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** What a `Date` can hold. */
const lastInstant = 8.64e15;

function checkMonth(month: string, interval: Interval): void {
  if (intradayMilliseconds(interval) === undefined) {
    throw invalid('invalidMonth', `a month can be named for intraday bars only, not for ${interval}`);
  }
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month) || month < '2000-01') {
    throw invalid('invalidMonth', `month ${JSON.stringify(month)} is refused: use YYYY-MM from 2000-01 on`);
  }
}

function checkHours(extendedHours: boolean | undefined, interval: Interval): void {
  if (extendedHours === undefined) return;
  if (typeof extendedHours !== 'boolean') throw invalid('invalidExtendedHours', 'extended hours are true or false');
  if (intradayMilliseconds(interval) === undefined) {
    throw invalid('invalidExtendedHours', `extended hours can be chosen for intraday bars only, not for ${interval}`);
  }
}

function invalid(reason: string, message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason, message });
}
