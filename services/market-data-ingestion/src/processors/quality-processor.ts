import {
  type BarBatch,
  type DataProcessor,
  type ProcessedBars,
  type QuarantinedBar,
  type RawBars,
  type TimeRange,
  textAt,
} from '@quantumtrade/shared-types';
import { rowsOfStep, runAtOnce, runInTurns, type Steps } from '../steps.ts';
import { type ConvertedBars, convertBars, rangeOf } from './convert.ts';
import { pickFrom, pickNumbers } from './decimal-columns.ts';
import { orderByKey, repeat } from './deduplicate.ts';
import { ZoneDirectory } from './local-time.ts';
import { parseThresholds, type QualitySettings, type QualityThresholds } from './quality-settings.ts';
import { brokenRulesOf, type Rule, rulesIn, scoreOf } from './rules.ts';
import { findBrokenRules } from './score.ts';

export interface QualityProcessorDependencies {
  readonly settings: QualitySettings;
}

/** A row on its way to quarantine. */
interface QuarantineEntry {
  readonly row: number;
  readonly qualityScore: number;
  readonly rules: readonly Rule[];
}

/**
 * Converts bars exactly, scores them by rules and finds repeats. Pure: no I/O, no clock, independent of the host's time
 * zone. Every row of the payload ends in exactly one place: accepted, counted as a duplicate, or quarantined with the
 * vendor's own text and the rules that it broke.
 */
export class QualityProcessor implements DataProcessor {
  readonly #settings: QualitySettings;
  readonly #thresholds: QualityThresholds;
  readonly #zones = new ZoneDirectory();

  /** @throws ServiceError of kind `configuration`, reason `invalidSetting`, for a setting that makes no sense. */
  constructor({ settings }: QualityProcessorDependencies) {
    this.#settings = settings;
    this.#thresholds = parseThresholds(settings);
  }

  /** Judges a payload. Never throws for what a vendor wrote. */
  process(raw: RawBars): ProcessedBars {
    return runAtOnce(this.#steps(raw));
  }

  async processInTurns(raw: RawBars): Promise<ProcessedBars> {
    return await runInTurns(this.#steps(raw));
  }

  rangeOf(raw: RawBars): TimeRange | undefined {
    return rangeOf(raw, this.#zones);
  }

  *#steps(raw: RawBars): Steps<ProcessedBars> {
    const { enableDeduplication, enableValidation, minQualityScore } = this.#settings;
    const bars = yield* convertBars(raw, this.#zones);
    if (bars.length > rowsOfStep) yield;
    const broken = enableValidation ? findBrokenRules(bars, this.#thresholds) : new Uint8Array(bars.length);
    const { positions, repeats } = orderByKey(bars);

    if (bars.length > rowsOfStep) yield;
    const quarantine: QuarantineEntry[] = bars.rejected.map((entry) => ({ ...entry, qualityScore: 0 }));
    const accepted = new Uint32Array(bars.length);
    let acceptedCount = 0;
    let duplicates = 0;
    // Sums of whole scores stay exact far beyond any payload's length.
    let scoreSum = 0;
    let judged = bars.rejected.length;
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i] as number;
      const brokenHere = broken[position] as number;
      const qualityScore = scoreOf[brokenHere] as number;
      const kind = repeats[position];
      if (kind === repeat.equal && enableDeduplication) {
        duplicates++;
      } else if (kind !== repeat.none) {
        const rules: Rule[] = ['conflicting_duplicate', ...rulesIn(brokenHere)];
        quarantine.push({ row: bars.rows[position] as number, qualityScore, rules });
      } else {
        scoreSum += qualityScore;
        judged++;
        if (qualityScore >= minQualityScore) accepted[acceptedCount++] = position;
        else quarantine.push({ row: bars.rows[position] as number, qualityScore, rules: rulesIn(brokenHere) });
      }
    }

    return {
      collected: raw.length,
      accepted: toBatch(raw, bars, broken, accepted.subarray(0, acceptedCount)),
      duplicates,
      quarantined: quarantine.sort((a, b) => a.row - b.row).map((entry) => toQuarantinedBar(raw, entry)),
      qualityScore: judged === 0 ? 0 : scoreSum / judged,
    };
  }
}

function toBatch(raw: RawBars, bars: ConvertedBars, broken: Uint8Array, positions: Uint32Array): BarBatch {
  const length = positions.length;
  const sessionDate = new Int32Array(length);
  const qualityScore = new Uint8Array(length);
  const brokenHere = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const position = positions[i] as number;
    sessionDate[i] = bars.sessionDate[position] as number;
    brokenHere[i] = broken[position] as number;
    qualityScore[i] = scoreOf[brokenHere[i] as number] as number;
  }
  return {
    series: raw.series,
    barLabel: raw.barLabel,
    lastRefreshed: raw.lastRefreshed,
    length,
    openTime: pickNumbers(bars.openTime, positions),
    sessionDate,
    open: pickFrom(bars.open, positions),
    high: pickFrom(bars.high, positions),
    low: pickFrom(bars.low, positions),
    close: pickFrom(bars.close, positions),
    adjustedClose: bars.adjustedClose && pickFrom(bars.adjustedClose, positions),
    volume: bars.volume && pickFrom(bars.volume, positions),
    qualityScore,
    brokenRules: brokenRulesOf(brokenHere),
  };
}

function toQuarantinedBar(raw: RawBars, { row, qualityScore, rules }: QuarantineEntry): QuarantinedBar {
  const { open, high, low, close, adjustedClose, volume } = raw.values;
  const texts = Object.entries({ open, high, low, close, adjustedClose, volume }).flatMap(([field, column]) => {
    const text = textAt(raw, column, row);
    return text === undefined ? [] : [[field, text] as const];
  });
  return {
    label: textAt(raw, raw.label, row) ?? '',
    values: Object.fromEntries(texts),
    qualityScore,
    brokenRules: rules,
  };
}
