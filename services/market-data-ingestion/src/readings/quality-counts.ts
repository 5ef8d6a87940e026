import type { ProcessedBars } from '@quantumtrade/shared-types';

/** How often each score was given to a row of a payload; repeats of a row have none. */
export function scoresSeen({ accepted, quarantined }: ProcessedBars): ReadonlyMap<number, number> {
  // A score is a byte: a place for each counts many times faster than a map.
  const counts = new Uint32Array(256);
  const scores = accepted.qualityScore;
  for (let row = 0; row < accepted.length; row++) {
    const score = scores[row] as number;
    counts[score] = (counts[score] as number) + 1;
  }
  const seen = new Map<number, number>();
  for (let score = 0; score < counts.length; score++) {
    const count = counts[score] as number;
    if (count > 0) seen.set(score, count);
  }
  for (const { qualityScore } of quarantined) add(seen, qualityScore);
  return seen;
}

/** How many rows in quarantine broke each rule. */
export function rulesBroken({ quarantined }: ProcessedBars): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  for (const { brokenRules } of quarantined) for (const rule of brokenRules) add(seen, rule);
  return seen;
}

function add<T>(seen: Map<T, number>, value: T): void {
  seen.set(value, (seen.get(value) ?? 0) + 1);
}
