import { describe, expect, it } from 'vitest';
import { runAtOnce, runInTurns, type Steps } from './steps.ts';

function* counting(seen: string[], steps: number): Steps<string> {
  for (let step = 1; step <= steps; step++) {
    seen.push(`step ${step}`);
    if (step < steps) yield;
  }
  return 'done';
}

describe('work in steps', () => {
  it('is done at once where nobody can wait', () => {
    const seen: string[] = [];
    expect(runAtOnce(counting(seen, 3))).toBe('done');
    expect(seen).toEqual(['step 1', 'step 2', 'step 3']);
  });

  it('lets other work have its turn between two steps', async () => {
    const seen: string[] = [];
    const done = runInTurns(counting(seen, 3));
    setImmediate(() => seen.push('other work'));
    expect(await done).toBe('done');
    expect(seen.indexOf('other work')).toBeLessThan(seen.indexOf('step 3'));
  });

  it('fails with what a step throws', async () => {
    function* failing(): Steps<never> {
      yield;
      throw new Error('a broken step');
    }
    await expect(runInTurns(failing())).rejects.toThrow('a broken step');
    expect(() => runAtOnce(failing())).toThrow('a broken step');
  });
});
