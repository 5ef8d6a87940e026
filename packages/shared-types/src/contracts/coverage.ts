import type { Series } from '../bars/series.ts';

/**
 * What is known of one session of a series. `present`: every expected bar is stored, or is confirmed to be absent while
 * others are stored. `confirmedEmpty`: no bar is stored and a later answer that covered the session had none. `pending`:
 * bars are missing and nobody knows why yet. `unrecoverable`: bars are missing and asking again wins nothing.
 */
export type CoverageState = 'present' | 'confirmedEmpty' | 'pending' | 'unrecoverable';

/** Every {@link CoverageState}. */
export const coverageStates: readonly CoverageState[] = ['present', 'confirmedEmpty', 'pending', 'unrecoverable'];

/** Why a session's missing bars cannot be had. */
export type UnrecoverableReason =
  /** The vendor refused the request as not part of the key's plan. */
  | 'notEntitled'
  /** The session is before the first bar of a full history. */
  | 'beforeListing'
  /** The session is after the last bar of a full history that has not moved for long. */
  | 'delisted'
  /** The vendor has refused the request again and again. */
  | 'refused'
  /** The vendor gave the missing bars, and our rules rejected them: they are in quarantine. */
  | 'rejected';

/** What a state rests on. Instants are milliseconds since the Unix epoch (UTC). */
export interface CoverageEvidence {
  /**
   * The collections that show it: of a stored bar, of the answers that had no bar, of the refusals, or of the newest
   * attempt of a pending session.
   */
  readonly batchIds: readonly string[];
  /** When those were accepted, in the same order; of stored bars, when the newest version was. */
  readonly instants: readonly number[];
  /** Why the newest of those collections failed, in the words of `ServiceError.reason`; left out where it did not. */
  readonly errorReason?: string | undefined;
  /** The version of the calendar that says what is expected. */
  readonly calendarVersion: string;
}

/** One session of one series: what should be there, what is, and what is known of the rest. */
export interface CoverageRow extends Series {
  /** The exchange whose calendar says what is expected, such as `XNYS`. */
  readonly exchange: string;
  /** The trading day, `2024-01-02`. */
  readonly session: string;
  /** When the session opens and closes: milliseconds since the Unix epoch (UTC). */
  readonly open: number;
  readonly close: number;
  /** Bars that the calendar expects. */
  readonly expected: number;
  /** Expected bars that are stored; versions of one bar count once. */
  readonly present: number;
  /** Bars of trading before and after the session, which nobody expects unless the settings say so. */
  readonly extra: number;
  /** Missing bars that a later answer, which covered their time, did not have. */
  readonly absentConfirmed: number;
  readonly state: CoverageState;
  /** Of an unrecoverable session only. */
  readonly reason?: UnrecoverableReason | undefined;
  /** Of a pending session that was asked for: since when it is waited for, in milliseconds since the Unix epoch (UTC). */
  readonly pendingSince?: number | undefined;
  /** Whether it is pending for longer than the settings allow: a failure to report. */
  readonly overdue: boolean;
  readonly evidence: CoverageEvidence;
}
