import type { BarBatch } from '../bars/bar-batch.ts';
import type { BarField, RawBars } from '../bars/raw-bars.ts';
import type { TimeRange } from '../bars/series.ts';

/** A row that was not accepted, with the vendor's own text. */
export interface QuarantinedBar {
  /** The vendor's label of the row. */
  readonly label: string;
  /** The vendor's text of each value it gave. */
  readonly values: Readonly<Partial<Record<BarField, string>>>;
  /** 0 to 100. */
  readonly qualityScore: number;
  /** Why: the rules it broke, in the order they are checked. */
  readonly brokenRules: readonly string[];
}

/** Raw bars after conversion and judgement: `collected = accepted.length + duplicates + quarantined.length`. */
export interface ProcessedBars {
  readonly collected: number;
  readonly accepted: BarBatch;
  /** Rows that repeat the key and the values of another one in the payload. */
  readonly duplicates: number;
  readonly quarantined: readonly QuarantinedBar[];
  /** Mean score of the rows that are not repeats, 0 to 100; 0 when there are none. */
  readonly qualityScore: number;
}

/** Converts, scores and deduplicates. Pure: no I/O, no clock, the same input gives the same output. */
export interface DataProcessor {
  process(raw: RawBars): ProcessedBars;
  /** The same with turns of the event loop in between, so that a large payload holds up nothing else. */
  processInTurns?(raw: RawBars): Promise<ProcessedBars>;
  /**
   * The open times of a payload's first and last row, the earlier one first: very likely the range of its bars.
   * `undefined` where they cannot be read.
   */
  rangeOf?(raw: RawBars): TimeRange | undefined;
}
