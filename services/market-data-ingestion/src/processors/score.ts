import type { DecimalColumn } from '@quantumtrade/shared-types';
import type { ConvertedBars } from './convert.ts';
import type { ExactDecimal } from './decimal-parser.ts';
import type { QualityThresholds } from './quality-settings.ts';
import { ruleBits } from './rules.ts';

/** The scoring rules that each bar breaks, as a set of {@link ruleBits} per position. Exact. */
export function findBrokenRules(bars: ConvertedBars, thresholds: QualityThresholds): Uint8Array {
  const broken = new Uint8Array(bars.length);
  const deviation = deviationLimit(thresholds.maxPriceDeviationPercent);
  const open = bars.open.units;
  const high = bars.high.units;
  const low = bars.low.units;
  const close = bars.close.units;
  if (
    open instanceof Float64Array &&
    high instanceof Float64Array &&
    low instanceof Float64Array &&
    close instanceof Float64Array
  ) {
    judgeSafePrices(broken, open, high, low, close, deviation);
  } else {
    judgeWidePrices(broken, open, high, low, close, deviation);
  }
  if (bars.volume) judgeVolume(broken, bars.volume, thresholds.minVolume);
  return broken;
}

/** A move is too large when `|close - open| * factor > open * share`: whole numbers without a common divisor. */
interface DeviationLimit {
  readonly factor: bigint;
  readonly share: bigint;
}

function deviationLimit(percent: ExactDecimal): DeviationLimit {
  const factor = 100n * 10n ** BigInt(percent.scale);
  const divisor = greatestCommonDivisor(factor, percent.units);
  return { factor: factor / divisor, share: percent.units / divisor };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

// The same rules stand twice, for numbers and for bigints: code that meets both kinds is many times slower for each.

function judgeSafePrices(
  broken: Uint8Array,
  opens: Float64Array,
  highs: Float64Array,
  lows: Float64Array,
  closes: Float64Array,
  limit: DeviationLimit,
): void {
  const factor = safeOrInfinite(limit.factor);
  const share = safeOrInfinite(limit.share);
  for (let i = 0; i < broken.length; i++) {
    const open = opens[i] as number;
    const high = highs[i] as number;
    const low = lows[i] as number;
    const close = closes[i] as number;
    let rules = 0;
    if (high < low) rules |= ruleBits.highBelowLow;
    if (open < low || open > high) rules |= ruleBits.openOutsideRange;
    if (close < low || close > high) rules |= ruleBits.closeOutsideRange;
    if (open <= 0 || high <= 0 || low <= 0 || close <= 0) rules |= ruleBits.nonPositivePrice;
    if (open > 0) {
      const moved = Math.abs(close - open) * factor;
      const allowed = open * share;
      // Products among the safe integers are exact; infinite factors make Infinity or NaN and end up outside.
      const exact = moved <= Number.MAX_SAFE_INTEGER && allowed <= Number.MAX_SAFE_INTEGER;
      if (exact ? moved > allowed : movedTooFar(BigInt(open), BigInt(close), limit)) {
        rules |= ruleBits.excessiveDeviation;
      }
    }
    broken[i] = rules;
  }
}

function judgeWidePrices(
  broken: Uint8Array,
  opens: DecimalColumn['units'],
  highs: DecimalColumn['units'],
  lows: DecimalColumn['units'],
  closes: DecimalColumn['units'],
  limit: DeviationLimit,
): void {
  for (let i = 0; i < broken.length; i++) {
    const open = opens[i] as bigint;
    const high = highs[i] as bigint;
    const low = lows[i] as bigint;
    const close = closes[i] as bigint;
    let rules = 0;
    if (high < low) rules |= ruleBits.highBelowLow;
    if (open < low || open > high) rules |= ruleBits.openOutsideRange;
    if (close < low || close > high) rules |= ruleBits.closeOutsideRange;
    if (open <= 0n || high <= 0n || low <= 0n || close <= 0n) rules |= ruleBits.nonPositivePrice;
    if (open > 0n && movedTooFar(open, close, limit)) rules |= ruleBits.excessiveDeviation;
    broken[i] = rules;
  }
}

function movedTooFar(open: bigint, close: bigint, { factor, share }: DeviationLimit): boolean {
  return (close > open ? close - open : open - close) * factor > open * share;
}

function judgeVolume(broken: Uint8Array, { scale, units }: DecimalColumn, minVolume: ExactDecimal): void {
  // Units are whole, so being below the threshold is being below the next whole unit from it.
  const divisor = 10n ** BigInt(minVolume.scale);
  const least = (minVolume.units * 10n ** BigInt(scale) + divisor - 1n) / divisor;
  if (units instanceof Float64Array) {
    const safeLeast = safeOrInfinite(least);
    for (let i = 0; i < broken.length; i++) {
      if ((units[i] as number) < safeLeast) broken[i] = (broken[i] as number) | ruleBits.lowVolume;
    }
  } else {
    for (let i = 0; i < broken.length; i++) {
      if ((units[i] as bigint) < least) broken[i] = (broken[i] as number) | ruleBits.lowVolume;
    }
  }
}

/** The number itself where it is a safe integer; otherwise one beyond all of them. */
function safeOrInfinite(value: bigint): number {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
}
