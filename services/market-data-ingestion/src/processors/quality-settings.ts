import { ServiceError } from '@quantumtrade/core-traits';
import { type ExactDecimal, parseDecimal } from './decimal-parser.ts';

/** How strictly bars are judged. Decimal settings are exact: text, or the shortest text of a number. */
export interface QualitySettings {
  /** Score, 0 to 100, below which a bar is quarantined. @default 70 */
  readonly minQualityScore: number;
  /** `false` gives every bar that can be converted the score 100. */
  readonly enableValidation: boolean;
  /** Move from open to close, in percent of the open, above which a bar loses points. @default 10 */
  readonly maxPriceDeviationPercent: string | number;
  /** Volume below which a bar loses points. @default 1000 */
  readonly minVolumeThreshold: string | number;
  /** `false` quarantines every repeat of a key, also one with the same values. */
  readonly enableDeduplication: boolean;
}

/** The settings' decimals as exact numbers, both at least 0. */
export interface QualityThresholds {
  readonly maxPriceDeviationPercent: ExactDecimal;
  readonly minVolume: ExactDecimal;
}

/** @throws ServiceError of kind `configuration`, reason `invalidSetting`, for a setting that makes no sense. */
export function parseThresholds(settings: QualitySettings): QualityThresholds {
  const { minQualityScore, maxPriceDeviationPercent, minVolumeThreshold } = settings;
  if (!(minQualityScore >= 0 && minQualityScore <= 100)) {
    throw refusal('minQualityScore', minQualityScore, 'a number from 0 to 100');
  }
  return {
    maxPriceDeviationPercent: parseThreshold('maxPriceDeviationPercent', maxPriceDeviationPercent),
    minVolume: parseThreshold('minVolumeThreshold', minVolumeThreshold),
  };
}

function parseThreshold(name: string, value: string | number): ExactDecimal {
  const parsed = parseDecimal(String(value));
  if (typeof parsed !== 'string' && parsed.units >= 0n) return parsed;
  throw refusal(name, value, 'a decimal of at least 0 with up to 20 digits before the point and 18 after it');
}

function refusal(name: string, value: string | number, expected: string): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidSetting',
    message: `${name} ${JSON.stringify(String(value).slice(0, 40))} is refused: give ${expected}`,
  });
}
