import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work in steps of a few milliseconds each: at every `yield` others may have a turn. */
export type Steps<Result> = Generator<undefined, Result>;

/** Rows that one step takes. */
export const rowsOfStep = 8_192;

/** Does all steps at once. */
export function runAtOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Does the steps with a turn of the event loop between them, so that a large payload holds up nothing else. */
export async function runInTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}
