import type { Session } from './session.ts';

/** A trading day whose session is not the same in two lists; `undefined` where a list has none. */
export interface SessionDifference {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly before: Session | undefined;
  readonly after: Session | undefined;
}

/**
 * The trading days on which two lists of sessions differ in hours, oldest first: those are what has to be evaluated again
 * after a calendar was corrected. Sessions are plain data, so the older list may have been kept as JSON under an older
 * version. Reasons alone make no difference.
 */
export function differingSessions(before: readonly Session[], after: readonly Session[]): SessionDifference[] {
  const earlier = new Map(before.map((session) => [session.date, session]));
  const later = new Map(after.map((session) => [session.date, session]));
  const dates = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  return dates
    .map((date) => ({ date, before: earlier.get(date), after: later.get(date) }))
    .filter((pair) => hoursOf(pair.before) !== hoursOf(pair.after));
}

function hoursOf(session: Session | undefined): string | undefined {
  if (session === undefined) return undefined;
  const { open, close, breaks, extended } = session;
  const edges = [open, close, extended.open, extended.close, ...breaks.flatMap(({ from, until }) => [from, until])];
  return edges.join(' ');
}
