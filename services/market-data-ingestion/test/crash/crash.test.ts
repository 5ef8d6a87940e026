import { expect, it } from 'vitest';
import { crashRuns } from './crash-run.ts';

it('loses nothing acknowledged and doubles nothing when it is killed 20 times', { timeout: 300_000 }, async () => {
  const { begun, acknowledged, spooled, ...report } = await crashRuns({ runs: 2, kills: 10, seed: 4 });
  expect(report).toEqual({
    kills: 20,
    ...{ lost: 0, doubled: 0, torn: 0, strange: 0, disordered: 0, lawBroken: 0, waiting: 0, damaged: 0 },
    findings: [],
  });
  // Otherwise the comparison above says nothing.
  expect(acknowledged).toBeGreaterThan(10);
  expect(spooled).toBeGreaterThan(5);
  expect(acknowledged - spooled).toBeGreaterThan(0);
  expect(begun).toBeGreaterThan(acknowledged);
});
