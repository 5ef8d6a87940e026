import { type CollectionAnswer, type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';
import type { CoverageSettings } from './coverage-settings.ts';

/** A stretch of open times, both ends included, about which an answer said everything there was. */
export interface Cover {
  readonly from: number;
  readonly to: number;
  readonly answer: CollectionAnswer;
}

/** The ends of a full history. */
interface Listing {
  readonly first: number;
  readonly last: number;
  readonly answer: CollectionAnswer;
  /** Whether its end is so old that nothing is traded any more. */
  readonly ended: boolean;
}

/** What the collections of one series say, for its sessions to be judged by. */
export interface Testimony {
  /** Newest answer first. */
  readonly covers: readonly Cover[];
  readonly listing: Listing | undefined;
  /** Refusals that no later answer to the same request took back, newest first, a list for each request. */
  readonly refusals: readonly (readonly CollectionAnswer[])[];
  /** Every attempt, newest first. */
  readonly attempts: readonly CollectionAnswer[];
}

interface TestimonyQuery {
  readonly interval: Interval;
  readonly source: string;
  /** Of one symbol, newest first, those of its daily series included. */
  readonly answers: readonly CollectionAnswer[];
  /** Of {@link doubtful} answers, by batch: how many bars of theirs are stored. What is left out is not believed. */
  readonly known: ReadonlyMap<string, number>;
  readonly settings: Pick<CoverageSettings, 'settleMs' | 'delistedAfterMs'>;
}

/** Reads the collections of one symbol. */
export function testimonyOf({ interval, source, answers, known, settings }: TestimonyQuery): Testimony {
  const own = answers.filter((answer) => answer.interval === interval && answer.outcome !== 'cancelled');
  const damaged = own.filter(isDamaged);
  const covers = own
    .filter(({ outcome }) => outcome === 'stored')
    .flatMap((answer) => coversOf(answer, settings.settleMs + (intradayMilliseconds(interval) ?? 0)))
    .flatMap((cover) => believable(cover, damaged, known));
  return {
    covers,
    listing: listingOf(answers, source, settings.delistedAfterMs),
    refusals: standingRefusals(own),
    attempts: own,
  };
}

/**
 * Answers over a range from which stored bars were deleted, at or after which they were accepted: whether they had those
 * bars can only be told by counting.
 */
export function doubtful(answers: readonly CollectionAnswer[], interval: Interval): CollectionAnswer[] {
  const own = answers.filter((answer) => answer.interval === interval && answer.outcome === 'stored');
  const damaged = own.filter(isDamaged);
  return own.filter((answer) =>
    damaged.some((other) => answer.acceptedAt >= other.acceptedAt && overlap(rangeOf(answer), rangeOf(other))),
  );
}

function isDamaged({ intact, outcome }: CollectionAnswer): boolean {
  return !intact && outcome === 'stored';
}

/** @param settleMs from a bar's open to when no answer lacks it any more. */
function coversOf(answer: CollectionAnswer, settleMs: number): Cover[] {
  const { firstOpenTime, lastOpenTime, month, acceptedAt } = answer;
  if (firstOpenTime === undefined || lastOpenTime === undefined) return [];
  if (month === undefined) return [{ from: firstOpenTime, to: lastOpenTime, answer }];
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  const end = Math.min(Date.UTC(year, number, 1) - 1, acceptedAt - settleMs);
  return [{ from: Math.min(firstOpenTime, Date.UTC(year, number - 1, 1)), to: Math.max(lastOpenTime, end), answer }];
}

/** What is left of a cover where stored bars have been deleted: an answer that had them proves nothing. */
function believable(
  cover: Cover,
  damaged: readonly CollectionAnswer[],
  known: ReadonlyMap<string, number>,
): readonly Cover[] {
  const { answer } = cover;
  const complete = (known.get(answer.batchId) ?? -1) >= answer.processedCount;
  let parts: readonly Cover[] = [cover];
  for (const other of damaged) {
    if (answer.acceptedAt >= other.acceptedAt && complete) continue;
    const hole = rangeOf(other);
    parts = parts.flatMap((part) => [
      ...(part.from < hole.from ? [{ ...part, to: Math.min(part.to, hole.from - 1) }] : []),
      ...(part.to > hole.to ? [{ ...part, from: Math.max(part.from, hole.to + 1) }] : []),
    ]);
  }
  return parts;
}

function rangeOf({ firstOpenTime, lastOpenTime }: CollectionAnswer): { readonly from: number; readonly to: number } {
  return { from: firstOpenTime ?? Number.POSITIVE_INFINITY, to: lastOpenTime ?? Number.NEGATIVE_INFINITY };
}

function overlap(one: { from: number; to: number }, other: { from: number; to: number }): boolean {
  return one.from <= other.to && other.from <= one.to;
}

/** The newest full history of days; it speaks for shorter bars of the symbol too. */
function listingOf(answers: readonly CollectionAnswer[], source: string, delistedAfterMs: number): Listing | undefined {
  const answer = answers.find(
    ({ outcome, firstOpenTime, ...rest }) =>
      outcome === 'stored' && firstOpenTime !== undefined && isFullHistory(rest, source),
  );
  if (answer?.firstOpenTime === undefined || answer.lastOpenTime === undefined) return undefined;
  const { firstOpenTime: first, lastOpenTime: last, acceptedAt } = answer;
  return { first, last, answer, ended: acceptedAt - last > delistedAfterMs };
}

function isFullHistory({ interval, outputSize }: Pick<CollectionAnswer, 'interval' | 'outputSize'>, source: string) {
  if (intradayMilliseconds(interval) !== undefined) return false;
  // Weeks and months have no shorter form there.
  return outputSize === 'full' || (interval !== 'daily' && source.startsWith('alpha_vantage'));
}

/** Failures of each request since its newest answer. */
function standingRefusals(own: readonly CollectionAnswer[]): CollectionAnswer[][] {
  const standing = new Map<string, CollectionAnswer[]>();
  const answered = new Set<string>();
  for (const answer of own) {
    const request = answer.month ?? answer.outputSize ?? '';
    if (answer.outcome === 'stored') answered.add(request);
    else if (!answered.has(request) && answer.errorReason !== undefined) {
      const list = standing.get(request) ?? [];
      list.push(answer);
      standing.set(request, list);
    }
  }
  return [...standing.values()];
}
