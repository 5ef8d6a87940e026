import { expect, it } from 'vitest';
import { crashRuns } from './crash-run.ts';

it('loses nothing acknowledged and doubles nothing when it is killed 200 times', { timeout: 1_800_000 }, async () => {
  const seed = Date.now() % 1_000_000;
  const { begun, acknowledged, spooled, ...report } = await crashRuns({ runs: 10, kills: 20, seed });
  process.stdout.write(`${JSON.stringify({ seed, begun, acknowledged, spooled, ...report })}\n`);
  expect(report, `seed ${seed}`).toEqual({
    kills: 200,
    ...{ lost: 0, doubled: 0, torn: 0, strange: 0, disordered: 0, lawBroken: 0, waiting: 0, damaged: 0 },
    findings: [],
  });
  expect(acknowledged).toBeGreaterThan(200);
  expect(spooled).toBeGreaterThan(50);
  expect(acknowledged - spooled).toBeGreaterThan(20);
});
