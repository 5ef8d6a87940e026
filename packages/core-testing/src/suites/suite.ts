import { inspect } from 'node:util';
import { isServiceError, type ServiceError } from '@quantumtrade/core-traits';

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
  return () => using(factory.create(), ({ subject, advance }) => body(subject, advance));
}

/** Works with what a factory makes and releases it afterwards, also when the work fails. */
export async function using<S extends SuiteSubject<unknown>, R>(
  creating: Promise<S>,
  work: (created: S & { readonly advance: SuiteSubject<unknown>['advance'] }) => Promise<R> | R,
): Promise<R> {
  const created = await creating;
  try {
    return await work({ ...created, advance: created.advance?.bind(created) });
  } finally {
    await created.dispose?.();
  }
}

/** How long a suite waits, in real milliseconds, for an answer that is due. */
const patienceMs = 500;

/**
 * What a promise settles with. One that does not settle fails the test with `what` was waited for, in every test runner
 * and without one.
 */
export async function settled<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still waiting for ${what}`)), patienceMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
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

/** What a call throws, or what its promise rejects with; `undefined` when neither. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    // Throwing `undefined` is a failure too.
    return error ?? new Error('undefined was thrown');
  }
}

/**
 * The documented answer to what an implementation declares it does not support: a `ServiceError` of kind `system` with
 * reason `notSupported`.
 */
export function expectNotSupported(expect: TestFunctions['expect'], failure: unknown): void {
  expect(isServiceError(failure), `failed with ${inspect(failure)} and not with a ServiceError`).toBe(true);
  const { kind, reason } = failure as ServiceError;
  expect({ kind, reason }).toEqual({ kind: 'system', reason: 'notSupported' });
}

/** Lets time go by: the subject's own where it can be moved, real time otherwise. */
export async function pass(advance: SuiteSubject<unknown>['advance'], milliseconds: number): Promise<void> {
  if (advance !== undefined) return advance(milliseconds);
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
