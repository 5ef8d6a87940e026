const day = 86_400_000;

/**
 * The wait that a `Retry-After` header asks for, in milliseconds from `now` (Unix epoch), held between 0 and 24 hours;
 * `undefined` when there is none or it makes no sense.
 */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const seconds = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  // A date without a letter would be one of Date.parse's guesses.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  const wait = seconds === undefined ? date - now : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(Math.ceil(wait), 0), day);
}
