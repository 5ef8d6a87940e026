/** What the ledger believes, and for how long it waits. Times are milliseconds. */
export interface CoverageSettings {
  /** A session that is pending for longer is a failure to report. */
  readonly maxPendingMs: number;
  /** A request that was refused this often without an answer in between is not worth another call. */
  readonly refusedAfter: number;
  /** How long after its close an answer may still lack a session's bars: a month that was asked for sooner proves nothing. */
  readonly settleMs: number;
  /** A full history that ended this long before it was asked for is the history of a symbol that is not traded any more. */
  readonly delistedAfterMs: number;
  /** Whether bars before and after the session are expected too. */
  readonly extendedHours: boolean;
  /** Exchanges of symbols and endings, beside the known ones. */
  readonly exchanges: ReadonlyMap<string, string>;
}
