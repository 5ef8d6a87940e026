import { type MonitoringProvider, toServiceError } from '@quantumtrade/core-traits';
import { calendarOf, type MarketCalendar } from '@quantumtrade/market-calendar';
import {
  type BarBatch,
  type CollectionWarning,
  type CoverageReader,
  intradayMilliseconds,
} from '@quantumtrade/shared-types';
import { collectionInstruments as instruments } from '../instruments.ts';
import { exchangeOf } from './exchange-of.ts';

export interface GapWatchDependencies {
  /** Asked for at each use, as a store exists before it is connected. */
  readonly reader: () => CoverageReader;
  readonly monitoring: MonitoringProvider;
  /** Exchanges of symbols and endings, beside the known ones. */
  readonly exchanges: ReadonlyMap<string, string>;
}

const dayMs = 86_400_000;

/** Notices the bars that compact data did not reach back to. */
export class GapWatch {
  readonly #dependencies: GapWatchDependencies;

  constructor(dependencies: GapWatchDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * What the calendar expects between the newest bar that was stored before and the oldest one of a batch that has been
   * stored. Never rejects: a collection does not fail because nobody can say what it missed.
   */
  async before(batch: BarBatch, signal?: AbortSignal): Promise<readonly CollectionWarning[]> {
    const { reader, monitoring, exchanges } = this.#dependencies;
    const { series } = batch;
    const oldest = batch.openTime[0];
    if (oldest === undefined) return [];
    try {
      const newest = await reader().newestBefore(series, oldest, { signal });
      if (newest === undefined) return [];
      const gap = missingBetween(calendarOf(exchangeOf(series.symbol, exchanges)), series.interval, newest, oldest);
      if (gap === undefined) return [];
      monitoring.recordCounter(instruments.gapsFound, 1, { interval: series.interval });
      return [warning(gap)];
    } catch (cause) {
      const { kind, reason, message } = toServiceError(cause);
      monitoring.logWarn('whether a collection left a gap could not be told', {
        ...{ symbol: series.symbol, interval: series.interval },
        ...{ kind, reason, message },
      });
      return [];
    }
  }
}

interface Gap {
  readonly from: number;
  readonly to: number;
  readonly bars: number;
}

/** The bars that a calendar expects after the bar at one instant and before the one at another. */
function missingBetween(
  calendar: MarketCalendar,
  interval: BarBatch['series']['interval'],
  newest: number,
  oldest: number,
): Gap | undefined {
  const length = intradayMilliseconds(interval);
  const date = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
  // Days open at the midnight of some zone: those at both ends are told by being less than a day away.
  const after = newest + (length ?? dayMs / 2);
  const before = oldest - (length === undefined ? dayMs / 2 : 0);
  if (after >= before) return undefined;
  const missing: number[] = [];
  for (const session of calendar.sessions({ from: date(newest - dayMs), to: date(oldest + dayMs) })) {
    for (const bar of calendar.expectedBars(interval, session)) if (bar >= after && bar < before) missing.push(bar);
  }
  const [from, to] = [missing[0], missing.at(-1)];
  return from === undefined || to === undefined ? undefined : { from, to, bars: missing.length };
}

function warning({ from, to, bars }: Gap): CollectionWarning {
  const [first, last] = [from, to].map((instant) => new Date(instant).toISOString());
  return {
    code: 'gap',
    message: `${bars} bars from ${first} to ${last} were not asked for: see gaps, and collect --from or --outputsize full`,
    from,
    to,
  };
}
