import { ServiceError } from '@quantumtrade/core-traits';
import { DateTime } from 'luxon';

/** The name of a source, such as `alpha_vantage`. @throws ServiceError, reason `invalidOption`. */
export function parseSource(source: string): string {
  if (/^[a-z0-9_]{1,64}$/.test(source)) return source;
  throw refused('--source takes a name such as alpha_vantage or alpha_vantage_sandbox');
}

/** An ISO instant or date; without an offset it is UTC. @throws ServiceError, reason `invalidOption`. */
export function parseInstant(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = DateTime.fromISO(text, { zone: 'utc' });
  // A time alone would be one of today.
  if (instant.isValid && /^(\d{4}|[+-]\d{6})/.test(text)) return instant.toMillis();
  throw refused(`${option} takes an ISO date or instant such as 2024-01-02 or 2024-01-02T14:30:00Z`);
}

/** @throws ServiceError, reason `invalidOption`. */
export function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (limit > 0) return limit;
  throw refused('--limit takes a whole number from 1 on');
}

/** The refusal of an option that makes no sense. */
export function refused(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidOption', message });
}
