import type { MarketData, StoredBar } from '@quantumtrade/shared-types';
import type { Decimal } from 'decimal.js';
import type { ReadBar } from './independent-reading.ts';

// Bars become lines of text for comparing: thousands of them compare fast, and a difference is one readable line.

/** Lines for what the file says, to compare with {@link storedLines}. */
export function expectedStoredLines(bars: readonly ReadBar[]): string[] {
  return bars.map((bar) => line(bar, 'none'));
}

/** Lines for what the file says, to compare with {@link marketDataLines}: the adjusted close is always there. */
export function expectedMarketDataLines(bars: readonly ReadBar[]): string[] {
  return bars.map((bar) => line(bar, bar.close.toFixed()));
}

/** Lines for plain stored bars, their decimals exactly as the store writes them. */
export function storedLines(bars: readonly StoredBar[]): string[] {
  return bars.map((bar) => {
    const { openTime, sessionDate, open, high, low, close, adjustedClose, volume, qualityScore } = bar;
    const at = new Date(openTime).toISOString();
    return [at, sessionDate, open, high, low, close, adjustedClose ?? 'none', volume ?? 'none', qualityScore].join(' ');
  });
}

/** Lines for bars as other services read them. */
export function marketDataLines(bars: readonly MarketData[]): string[] {
  return bars.map((bar) => {
    const { openTime, sessionDate, open, high, low, close, adjustedClose, volume, qualityScore } = bar;
    const decimals = [open, high, low, close, adjustedClose].map((value) => value.toFixed());
    return [openTime.toISO(), sessionDate, ...decimals, volume?.toFixed() ?? 'none', qualityScore].join(' ');
  });
}

function line(bar: ReadBar, withoutAdjustedClose: string): string {
  const { openTime, sessionDate, open, high, low, close, adjustedClose, volume, score } = bar;
  const text = (value: Decimal): string => value.toFixed();
  const at = new Date(openTime).toISOString();
  const adjusted = adjustedClose === undefined ? withoutAdjustedClose : text(adjustedClose);
  const decimals = [open, high, low, close].map(text);
  return [at, sessionDate, ...decimals, adjusted, volume === undefined ? 'none' : text(volume), score].join(' ');
}
