/** How long the repetitions of something took. */
export interface Timed {
  readonly case: string;
  readonly route: string;
  /** Rows that one repetition gives. */
  readonly rows: number;
  readonly milliseconds: readonly number[];
}
