import type { CollectionAnswer } from '@quantumtrade/database-abstraction';
import type { CoverageEvidence, CoverageRow, Interval, UnrecoverableReason } from '@quantumtrade/shared-types';
import { intradayMilliseconds } from '@quantumtrade/shared-types';
import type { Cover, Testimony } from './answers.ts';
import type { CoverageSettings } from './coverage-settings.ts';
import type { Expectation } from './expectation.ts';

/** What is stored of a session. */
export interface StoredPart {
  readonly present: number;
  readonly extra: number;
  readonly batchId?: string | undefined;
  readonly ingestedAt?: number | undefined;
}

/** The part of a coverage row that is judged. */
type Judgement = Pick<
  CoverageRow,
  'expected' | 'present' | 'extra' | 'absentConfirmed' | 'state' | 'reason' | 'pendingSince' | 'overdue' | 'evidence'
>;

interface JudgeOptions {
  readonly testimony: Testimony;
  readonly settings: CoverageSettings;
  readonly now: number;
  /** How many of the missing bars later answers show to be absent, and which answers: see {@link coversOfSession}. */
  readonly absent: { readonly bars: number; readonly covers: readonly Cover[] };
}

/** The covers that reach into a session; the first one alone where it takes in all of it. */
export function coversOfSession(expectation: Expectation, covers: readonly Cover[], interval: Interval): Cover[] {
  const reaching = covers.filter((cover) => reaches(cover, expectation, interval));
  const whole = reaching.find((cover) => takesIn(cover, expectation, interval));
  return whole === undefined ? reaching : [whole];
}

/** Whether a cover holds all expected bars of a session. */
export function takesIn({ from, to }: Cover, expectation: Expectation, interval: Interval): boolean {
  if (intradayMilliseconds(interval) === undefined) return takesInDay(from, to, expectation);
  const { bars } = expectation;
  return from <= (bars[0] as number) && to >= (bars.at(-1) as number);
}

function reaches(cover: Cover, expectation: Expectation, interval: Interval): boolean {
  if (intradayMilliseconds(interval) === undefined) return takesInDay(cover.from, cover.to, expectation);
  const { bars } = expectation;
  return cover.from <= (bars.at(-1) as number) && cover.to >= (bars[0] as number);
}

/**
 * Days open at the midnight of some zone, not always the exchange's: the open of a trading day lies less than 18 hours
 * after its own midnight and more than that after the one before.
 */
const dayReachMs = 18 * 3_600_000;

function takesInDay(from: number, to: number, { open, close }: Expectation): boolean {
  return close > from && open <= to + dayReachMs;
}

/** Judges a session by what is stored and by what the collections say. */
export function judgeSession(expectation: Expectation, stored: StoredPart, options: JudgeOptions): Judgement {
  const { testimony, settings, now, absent } = options;
  const expected = expectation.bars.length;
  const present = Math.min(stored.present, expected);
  const missing = expected - present;
  const counts = { expected, present, extra: stored.extra };
  if (missing === 0) {
    return { ...counts, absentConfirmed: 0, state: 'present', overdue: false, evidence: evidenceOfBars(stored) };
  }
  const absentConfirmed = Math.min(absent.bars, missing);
  const confirming = evidenceOf(absent.covers.map(({ answer }) => answer));
  if (absentConfirmed === missing) {
    const state = present === 0 ? 'confirmedEmpty' : 'present';
    return { ...counts, absentConfirmed, state, overdue: false, evidence: confirming };
  }
  const lost = unrecoverable(expectation, testimony, settings);
  if (lost !== undefined) {
    const evidence = evidenceOf(lost.answers);
    return { ...counts, absentConfirmed, state: 'unrecoverable', reason: lost.reason, overdue: false, evidence };
  }
  const { firstAskedAt, newest } = testimony;
  const pendingSince = firstAskedAt === undefined ? undefined : Math.max(expectation.close, firstAskedAt);
  return {
    ...counts,
    absentConfirmed,
    state: 'pending',
    pendingSince,
    overdue: pendingSince !== undefined && now - pendingSince > settings.maxPendingMs,
    evidence: evidenceOf(newest === undefined ? [] : [newest]),
  };
}

/** Refusals that hold for a plan and will be the same again. */
const planReasons: ReadonlySet<string> = new Set(['premiumEndpoint', 'premiumParameter', 'artificialSample']);
/** Refusals that say something only when they are repeated. */
const unknownReasons: ReadonlySet<string> = new Set(['unknownRequest', 'noData']);

function unrecoverable(
  { session, open, close }: Expectation,
  { listing, refusals }: Testimony,
  { refusedAfter }: CoverageSettings,
): { readonly reason: UnrecoverableReason; readonly answers: readonly CollectionAnswer[] } | undefined {
  if (listing !== undefined && close <= listing.first) return { reason: 'beforeListing', answers: [listing.answer] };
  if (listing?.ended === true && open > listing.last + dayReachMs && close <= listing.answer.acceptedAt) {
    return { reason: 'delisted', answers: [listing.answer] };
  }
  for (const list of refusals) {
    const about = list.filter(
      ({ month, acceptedAt }) => acceptedAt >= close && (month === undefined || session.startsWith(month)),
    );
    const decisive = about.find(({ errorReason = '' }) => planReasons.has(errorReason) || unknownReasons.has(errorReason));
    if (decisive === undefined) continue;
    if (planReasons.has(decisive.errorReason ?? '')) return { reason: 'notEntitled', answers: [decisive] };
    const unknown = about.filter(({ errorReason = '' }) => unknownReasons.has(errorReason));
    if (unknown.length >= refusedAfter) return { reason: 'refused', answers: unknown.slice(0, refusedAfter) };
  }
  return undefined;
}

function evidenceOf(answers: readonly CollectionAnswer[]): CoverageEvidence {
  const each = [...new Map(answers.map((answer) => [answer.batchId, answer])).values()];
  return { batchIds: each.map(({ batchId }) => batchId), instants: each.map(({ acceptedAt }) => acceptedAt) };
}

function evidenceOfBars({ batchId, ingestedAt }: StoredPart): CoverageEvidence {
  return {
    batchIds: batchId === undefined ? [] : [batchId],
    instants: ingestedAt === undefined ? [] : [ingestedAt],
  };
}
