import type { TestFunctions } from './suite.ts';

/** What became of one test of a suite. `name` has the names of the groups around it before its own. */
export interface SuiteTestOutcome {
  readonly name: string;
  /** What the test failed with; `undefined` when it passed. */
  readonly failure: unknown;
}

/**
 * Runs a suite as a function, one test after the other, and gives every outcome. With it a test can show that a suite
 * finds the defect of a broken implementation, which a test runner would report as its own failure.
 */
export async function runSuite(
  define: (functions: Pick<TestFunctions, 'describe' | 'it'>) => void,
): Promise<readonly SuiteTestOutcome[]> {
  const groups: string[] = [];
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  define({
    describe(name, body) {
      groups.push(name);
      body();
      groups.pop();
    },
    it(name, body) {
      tests.push({ name: [...groups, name].join(' › '), body });
    },
  });
  const outcomes: SuiteTestOutcome[] = [];
  for (const { name, body } of tests) {
    try {
      await body();
      outcomes.push({ name, failure: undefined });
    } catch (failure) {
      outcomes.push({ name, failure: failure ?? new Error('the test threw nothing') });
    }
  }
  return outcomes;
}
