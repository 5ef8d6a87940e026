import { ServiceError } from '@quantumtrade/core-traits';

/** The error for a file that cannot be imported: names it and says what is wrong with it. */
export function invalidBarFile(path: string, what: unknown): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidBarFile',
    message: `${path} cannot be imported: ${reasonOf(what)}`,
    ...(what instanceof Error ? { cause: what } : {}),
  });
}

/** What went wrong, in words, short enough for one line. */
export function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}
