import { expect, it } from 'vitest';
import { killRuns, workers } from './kill-run.ts';

it('neither repeats a finished call nor loses an item when workers are killed 20 times', {
  timeout: 120_000,
}, async () => {
  const { calls, asked, ...report } = await killRuns(2, 10, 6);
  expect(report).toEqual({ kills: 20, repeated: 0, lost: 0, incomplete: 0 });
  // A kill costs what was under way, and nothing else.
  expect(asked).toBeGreaterThan(calls);
  expect(asked).toBeLessThanOrEqual(calls + 20 * workers);
});
