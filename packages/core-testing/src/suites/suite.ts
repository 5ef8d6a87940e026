/** What an expectation can be asked; those of Vitest, Jest and the `expect` package are of this shape. */
export interface Expectation {
  toBe(expected: unknown): unknown;
  /** Deep equality that takes a property that is `undefined` for one that is absent. */
  toEqual(expected: unknown): unknown;
}

/** The test functions that a suite is made of; the suites import no test runner. */
export interface TestFunctions {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  /** `message` says which of several values was wrong. */
  readonly expect: (actual: unknown, message?: string) => Expectation;
}

/** One implementation under test. */
export interface SuiteSubject<T> {
  readonly subject: T;
  /** Releases it; called after each test, also a failed one. */
  dispose?(): Promise<void>;
  /** Moves the subject's time forward by milliseconds; left out where time is real. */
  advance?(milliseconds: number): Promise<void>;
}

/** Gives each test its subject. It may hand out the same one again: no suite assumes an empty store. */
export interface SuiteFactory<T> {
  create(): Promise<SuiteSubject<T>>;
}

/** A test body that gets its subject from the factory and releases it afterwards. */
export function withSubject<T>(
  factory: SuiteFactory<T>,
  body: (subject: T, advance: SuiteSubject<T>['advance']) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const created = await factory.create();
    try {
      await body(created.subject, created.advance?.bind(created));
    } finally {
      await created.dispose?.();
    }
  };
}

/** What a promise rejects with; `undefined` when it resolves. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Lets time go by: the subject's own where it can be moved, real time otherwise. */
export async function pass(advance: SuiteSubject<unknown>['advance'], milliseconds: number): Promise<void> {
  if (advance !== undefined) return advance(milliseconds);
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
