import { type Measured, summary } from '../measure/summary.ts';

/** One piece of work, done in two ways. */
export interface Comparison {
  readonly name: string;
  /** What `bare` uses. */
  readonly against: string;
  /** How often the work is done in one round. */
  readonly operations: number;
  readonly ours: (index: number) => void;
  readonly bare: (index: number) => void;
}

/** Nanoseconds for one operation over the rounds. */
export interface ComparisonResult {
  readonly name: string;
  readonly against: string;
  readonly ours: Measured;
  readonly bare: Measured;
  /** The median of the rounds' own ratios: each round compares two neighbours in time. */
  readonly ratio: Measured;
}

const warmUpRounds = 3;

/**
 * Measures both ways in alternating rounds, so that a machine that becomes slower or faster meanwhile does so for both,
 * and lets each go first in every other round.
 */
export async function compare(comparison: Comparison, rounds: number): Promise<ComparisonResult> {
  const { ours, bare, operations, name, against } = comparison;
  const times: { readonly ours: number; readonly bare: number }[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const first = round % 2 === 0;
    const one = await timeOf(first ? ours : bare, operations);
    const other = await timeOf(first ? bare : ours, operations);
    if (round >= 0) times.push(first ? { ours: one, bare: other } : { ours: other, bare: one });
  }
  return {
    name,
    against,
    ours: summary(times.map((time) => time.ours)),
    bare: summary(times.map((time) => time.bare)),
    ratio: summary(times.map((time) => time.ours / time.bare)),
  };
}

/** Nanoseconds for one operation. What the operations leave to later turns of the event loop is waited for, and counts. */
async function timeOf(work: (index: number) => void, operations: number): Promise<number> {
  globalThis.gc?.();
  const begun = process.hrtime.bigint();
  for (let index = 0; index < operations; index++) work(index);
  await new Promise((resolve) => setImmediate(resolve));
  return Number(process.hrtime.bigint() - begun) / operations;
}
