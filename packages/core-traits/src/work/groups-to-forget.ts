import type { WorkRetention } from './work-queue.ts';

/** A group of which every piece is completed or cancelled. */
export interface EndedGroup {
  readonly group: string;
  readonly pieces: number;
  /** When the last of them ended: milliseconds since the Unix epoch (UTC). */
  readonly endedAt: number;
}

/** Which ended groups a queue forgets; for those who implement one. The one that ended last is kept whatever its size. */
export function groupsToForget(groups: readonly EndedGroup[], { endedBefore, keep }: WorkRetention): string[] {
  let kept = 0;
  return groups
    .toSorted((a, b) => b.endedAt - a.endedAt)
    .flatMap(({ group, pieces, endedAt }) => {
      const forgotten = endedAt < endedBefore || (kept > 0 && kept + pieces > keep);
      if (!forgotten) kept += pieces;
      return forgotten ? [group] : [];
    });
}
