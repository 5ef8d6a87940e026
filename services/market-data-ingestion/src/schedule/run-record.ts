import type { Json } from '@quantumtrade/core-traits';

/**
 * How a run ended. `partial` is one of which some parts failed. A run that was `cancelled` at a shutdown, or `lost`
 * because its lease was, did not take place: it is made up for.
 */
export type RunOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled' | 'lost';

/** One run of a task. Instants are milliseconds since the Unix epoch (UTC). */
export interface RunSummary {
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly outcome: RunOutcome;
  /** What it did, or why it failed, for people; without secrets. */
  readonly summary: string;
  readonly facts: { readonly [name: string]: Json };
  /** The due time that it was for; `undefined` when somebody asked for it. */
  readonly due?: number | undefined;
  /** Due times since the run before that came to nothing. */
  readonly missed: number;
}

/** What is known of a task's runs in all replicas, kept with its lease. Instants are milliseconds (UTC). */
export interface RunRecord {
  /** When the task was first scheduled: what was due before was not missed. */
  readonly since?: number | undefined;
  /** The newest due time that needs no run any more. */
  readonly settled?: number | undefined;
  readonly last?: RunSummary | undefined;
}

/** What a record is kept as. */
export function recordText(record: RunRecord): string {
  return JSON.stringify({ version: 1, ...record });
}

/** The record of a text; an empty one for what another version wrote. */
export function readRecord(text: string | undefined): RunRecord {
  if (text === undefined) return {};
  try {
    const { version, since, settled, last } = JSON.parse(text) as RunRecord & { readonly version?: unknown };
    return version === 1 ? { since, settled, last } : {};
  } catch {
    return {};
  }
}

/** What two places know together, as texts: a place that has forgotten, or never knew, takes nothing from the other. */
export function mergeRecordTexts(one: string, other: string): string {
  const [a, b] = [readRecord(one), readRecord(other)];
  const all = (field: 'since' | 'settled'): number[] => [a[field], b[field]].filter((value) => value !== undefined);
  const last = (a.last?.finishedAt ?? 0) >= (b.last?.finishedAt ?? 0) ? a.last : b.last;
  const [since, settled] = [all('since'), all('settled')];
  return recordText({
    since: since.length === 0 ? undefined : Math.min(...since),
    settled: settled.length === 0 ? undefined : Math.max(...settled),
    last,
  });
}
