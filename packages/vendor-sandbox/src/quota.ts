import type { SandboxQuota } from './sandbox-types.ts';

/** The window that is used up. */
export type QuotaWindow = 'second' | 'minute' | 'day';

/** Counts requests against a quota. */
export interface QuotaMeter {
  /** Counts a request at an instant in milliseconds UTC, or names the window that has no room; refused ones are free. */
  take(at: number): QuotaWindow | undefined;
  reset(): void;
}

/** A meter of rolling windows, one for the whole sandbox whatever the key. Throws RangeError for a bad limit. */
export function createQuotaMeter(quota: SandboxQuota): QuotaMeter {
  const windows = [
    { name: 'day', lengthMs: 86_400_000, limit: checked('perDay', quota.perDay) },
    { name: 'minute', lengthMs: 60_000, limit: checked('perMinute', quota.perMinute) },
    { name: 'second', lengthMs: 1_000, limit: checked('perSecond', quota.perSecond) },
  ] as const;
  const longest = Math.max(0, ...windows.map(({ limit }) => limit ?? 0));
  let accepted: number[] = [];
  return {
    take: (at) => {
      for (const { name, lengthMs, limit } of windows) {
        const oldest = limit === undefined ? undefined : accepted[accepted.length - limit];
        if (oldest !== undefined && oldest > at - lengthMs) {
          return name;
        }
      }
      if (longest > 0) {
        accepted.push(at);
        // Trimmed now and then, so that one request costs the same however high the limit.
        if (accepted.length > 2 * longest + 1_000) {
          accepted = accepted.slice(-longest);
        }
      }
      return undefined;
    },
    reset: () => {
      accepted = [];
    },
  };
}

function checked(name: keyof SandboxQuota, limit: number | undefined): number | undefined {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new RangeError(`quota.${name} must be a positive integer, or absent for no limit; it is ${limit}.`);
  }
  return limit;
}
