import { expect, it } from 'vitest';
import { killRuns, workers } from './kill-run.ts';

it('neither repeats a finished call nor loses an item when workers are killed 200 times', {
  timeout: 900_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  const { calls, asked, ...report } = await killRuns(10, 20, seed);
  process.stdout.write(`${JSON.stringify({ seed, calls, asked, ...report })}\n`);
  expect(report, `seed ${seed}`).toEqual({ kills: 200, repeated: 0, lost: 0, incomplete: 0 });
  expect(asked).toBeGreaterThan(calls);
  expect(asked).toBeLessThanOrEqual(calls + 200 * workers);
});
