import { errorRow, outcomeRow } from '../cli/collect.ts';
import { isoInstant } from '../cli/output.ts';
import type { CollectionRun } from './collection-run.ts';

/** A job as clients see it: what is absent is `null`, instants are in UTC. */
export function runRow(run: CollectionRun, source: string): Record<string, unknown> {
  const instant = (milliseconds: number | undefined): string | null =>
    milliseconds === undefined ? null : isoInstant(milliseconds);
  return {
    id: run.id,
    state: run.state,
    createdAt: isoInstant(run.createdAt),
    startedAt: instant(run.startedAt),
    finishedAt: instant(run.finishedAt),
    symbols: run.series.map(({ symbol }) => symbol),
    interval: run.series[0]?.interval ?? null,
    results: run.outcomes.map((outcome) => outcomeRow(outcome, source)),
    error: run.error === undefined ? null : errorRow(run.error),
  };
}
