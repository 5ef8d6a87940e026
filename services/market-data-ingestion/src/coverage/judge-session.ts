import {
  type CollectionAnswer,
  type CoverageEvidence,
  type CoverageRow,
  type Interval,
  intradayMilliseconds,
  type UnrecoverableReason,
} from '@quantumtrade/shared-types';
import { lastingRefusals } from '../quota/instruments.ts';
import type { Cover, Testimony } from './answers.ts';
import type { CoverageSettings } from './coverage-settings.ts';
import type { Expectation } from './expectation.ts';
import type { Rejected } from './rejected.ts';

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

/** How many of the missing bars later answers show to be absent, and which answers: see {@link coversOfSession}. */
export interface Absent {
  readonly bars: number;
  readonly covers: readonly Cover[];
}

interface JudgeOptions {
  readonly testimony: Testimony;
  readonly settings: CoverageSettings;
  readonly now: number;
  readonly absent: Absent;
  /** Missing bars that are in quarantine. */
  readonly rejected: Rejected;
  /** Sessions that close later can be had with compact data too, whatever became of a full history. */
  readonly compactSince: number;
  readonly calendarVersion: string;
}

/** The covers that reach into a session, no more than are needed; the newest that takes in all of it alone where there is one. */
export function coversOfSession(expectation: Expectation, covers: readonly Cover[], interval: Interval): Cover[] {
  const reaching = covers.filter((cover) => reaches(cover, expectation, interval));
  const whole = reaching.find((cover) => takesIn(cover, expectation, interval));
  return whole === undefined ? fewest(reaching) : [whole];
}

/** Fewer covers that hold the same together, oldest first. */
function fewest(covers: readonly Cover[]): Cover[] {
  const chosen: Cover[] = [];
  let reach = Number.NEGATIVE_INFINITY;
  let farthest: Cover | undefined;
  const choose = (cover: Cover | undefined): void => {
    if (cover === undefined || cover.to <= reach) return;
    chosen.push(cover);
    reach = cover.to;
  };
  for (const cover of covers.toSorted((a, b) => a.from - b.from)) {
    if (cover.from > reach) {
      choose(farthest);
      farthest = undefined;
      if (cover.from > reach) {
        choose(cover);
        continue;
      }
    }
    if (cover.to > (farthest?.to ?? reach)) farthest = cover;
  }
  choose(farthest);
  return chosen;
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
  const { testimony, settings, now, absent, rejected, calendarVersion } = options;
  const evidence = (found: Lineage): CoverageEvidence => ({ ...found, calendarVersion });
  const expected = expectation.bars.length;
  const present = Math.min(stored.present, expected);
  const missing = expected - present;
  const counts = { expected, present, extra: stored.extra };
  if (missing === 0) {
    return {
      ...counts,
      absentConfirmed: 0,
      state: 'present',
      overdue: false,
      evidence: evidence(lineageOfBars(stored)),
    };
  }
  const absentConfirmed = Math.max(0, Math.min(absent.bars, missing - rejected.bars));
  const settled = { ...counts, absentConfirmed, overdue: false };
  if (absentConfirmed === missing) {
    const confirming = lineageOf(absent.covers.map(({ answer }) => answer));
    return { ...settled, state: present === 0 ? 'confirmedEmpty' : 'present', evidence: evidence(confirming) };
  }
  if (absentConfirmed + rejected.bars === missing) {
    const { batchIds, instants } = rejected;
    return { ...settled, state: 'unrecoverable', reason: 'rejected', evidence: evidence({ batchIds, instants }) };
  }
  const lost = unrecoverable(expectation, options);
  if (lost !== undefined) {
    const { reason, answers } = lost;
    return { ...settled, state: 'unrecoverable', reason, evidence: evidence(lineageOf(answers)) };
  }
  const { attempts } = testimony;
  const firstAskedAt = attempts.at(-1)?.acceptedAt;
  const newest = attempts.find(({ month }) => month === undefined || expectation.session.startsWith(month));
  const pendingSince = firstAskedAt === undefined ? undefined : Math.max(expectation.close, firstAskedAt);
  return {
    ...counts,
    absentConfirmed,
    state: 'pending',
    pendingSince,
    overdue: pendingSince !== undefined && now - pendingSince > settings.maxPendingMs,
    evidence: evidence(lineageOf(newest === undefined ? [] : [newest])),
  };
}

/** Refusals that hold for a plan and will be the same again. */
const planReasons: ReadonlySet<string> = new Set(lastingRefusals);
/** Refusals that say something only when they are repeated. */
const unknownReasons: ReadonlySet<string> = new Set(['unknownRequest', 'noData']);

function unrecoverable(
  { session, open, close }: Expectation,
  { testimony: { listing, refusals }, settings: { refusedAfter }, compactSince }: JudgeOptions,
): { readonly reason: UnrecoverableReason; readonly answers: readonly CollectionAnswer[] } | undefined {
  if (listing !== undefined && close <= listing.first) return { reason: 'beforeListing', answers: [listing.answer] };
  if (listing?.ended === true && open > listing.last + dayReachMs && close <= listing.answer.acceptedAt) {
    return { reason: 'delisted', answers: [listing.answer] };
  }
  for (const list of refusals) {
    const about = list.filter(
      ({ month, outputSize, acceptedAt }) =>
        acceptedAt >= close &&
        (month === undefined ? outputSize !== 'full' || close < compactSince : session.startsWith(month)),
    );
    const decisive = about.find(
      ({ errorReason = '' }) => planReasons.has(errorReason) || unknownReasons.has(errorReason),
    );
    if (decisive === undefined) continue;
    if (planReasons.has(decisive.errorReason ?? '')) return { reason: 'notEntitled', answers: [decisive] };
    const unknown = about.filter(({ errorReason = '' }) => unknownReasons.has(errorReason));
    if (unknown.length >= refusedAfter) return { reason: 'refused', answers: unknown.slice(0, refusedAfter) };
  }
  return undefined;
}

/** Evidence but for the calendar. */
type Lineage = Omit<CoverageEvidence, 'calendarVersion'>;

function lineageOf(answers: readonly CollectionAnswer[]): Lineage {
  const each = [...new Map(answers.map((answer) => [answer.batchId, answer])).values()];
  const errorReason = each[0]?.errorReason;
  return {
    batchIds: each.map(({ batchId }) => batchId),
    instants: each.map(({ acceptedAt }) => acceptedAt),
    ...(errorReason === undefined ? {} : { errorReason }),
  };
}

function lineageOfBars({ batchId, ingestedAt }: StoredPart): Lineage {
  return {
    batchIds: batchId === undefined ? [] : [batchId],
    instants: ingestedAt === undefined ? [] : [ingestedAt],
  };
}
