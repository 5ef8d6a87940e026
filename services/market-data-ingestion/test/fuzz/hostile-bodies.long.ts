import { expect, it } from 'vitest';
import { fuzz } from './hostile-bodies.ts';

const portions = 100;
const portion = 10_000;

it('a million bodies that nobody should send are each a classified failure or exact data', {
  timeout: 3_600_000,
}, () => {
  const seed = Date.now() % 1_000_000_000;
  const total = new Map<string, number>();
  for (let i = 0; i < portions; i++) {
    for (const [name, count] of fuzz(portion, seed + i)) total.set(name, (total.get(name) ?? 0) + count);
  }
  expect([...total.values()].reduce((sum, count) => sum + count, 0)).toBe(portions * portion);
  expect(total.get('data')).toBeGreaterThan(portions * 500);
});
