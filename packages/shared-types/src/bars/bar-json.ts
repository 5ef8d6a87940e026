import type { StoredBar } from './market-data.ts';

/** A bar as JSON that other programs read: exact decimals as text, instants as ISO 8601 in UTC with milliseconds and `Z`. */
export interface BarJson
  extends Omit<
    StoredBar,
    'adjustment' | 'openTime' | 'brokenRules' | 'barLabel' | 'lastRefreshed' | 'ingestedAt' | 'batchId'
  > {
  readonly openTime: string;
  readonly ingestedAt: string;
}

/** A stored bar as other programs read it, without what only says where it comes from. */
export function barJson(bar: StoredBar): BarJson {
  return {
    symbol: bar.symbol,
    interval: bar.interval,
    source: bar.source,
    openTime: new Date(bar.openTime).toISOString(),
    sessionDate: bar.sessionDate,
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    adjustedClose: bar.adjustedClose,
    volume: bar.volume,
    qualityScore: bar.qualityScore,
    ingestedAt: new Date(bar.ingestedAt).toISOString(),
  };
}
