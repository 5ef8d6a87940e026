import { STATUS_CODES } from 'node:http';
import type { ServiceError } from '@quantumtrade/core-traits';
import { refusalReasonOf, refusalStatus } from './refusal.ts';

/** Problem details as RFC 9457 defines them, with the kind and reason that programs decide by. */
export interface Problem {
  /** Names kind and reason as an URN; `docs/errors.md` explains both. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

/** The media type of {@link Problem}. */
export const problemType = 'application/problem+json';

/** What is wrong with the request itself; other `configuration` errors are the operator's. */
const clientMistakes: ReadonlySet<string> = new Set([
  'invalidSymbol',
  'invalidInterval',
  'invalidMonth',
  'invalidOutputSize',
  'invalidExtendedHours',
  'invalidEntitlement',
  'invalidActionKind',
  'invalidRange',
  'invalidDate',
  'outsideCalendar',
  'invalidOption',
  'invalidRequest',
  'notOffered',
]);

const statusByKind: Readonly<Record<string, number>> = {
  configuration: 500,
  database: 503,
  externalApi: 502,
  rateLimit: 429,
  dataQuality: 422,
  system: 500,
};

/** The HTTP status that an error is answered with. */
function statusOf(error: ServiceError): number {
  const refused = refusalReasonOf(error);
  if (refused !== undefined) return refusalStatus[refused];
  if (error.kind === 'configuration' && clientMistakes.has(error.reason ?? '')) return 400;
  if (error.kind === 'configuration' && error.reason === 'unknownJob') return 404;
  if (error.kind === 'configuration' && error.reason === 'backlogFull') return 409;
  if (error.kind === 'system' && error.reason === 'notRunning') return 503;
  if (error.kind === 'system' && error.reason === 'taskRunning') return 409;
  if (error.kind === 'configuration' && error.reason === 'unknownTask') return 404;
  return statusByKind[error.kind] ?? 500;
}

/** An error as its client may see it. Of an unexpected one it says only that it happened: the log says the rest. */
export function problemOf(error: ServiceError, redact: (text: string) => string): Problem {
  const status = statusOf(error);
  const hidden = error.kind === 'system' && status === 500;
  const reason = error.reason ?? null;
  return {
    type: reason === null ? 'about:blank' : `urn:market-data:error:${error.kind}:${reason}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: hidden ? 'something unexpected happened: the log of the service says what' : redact(error.message),
    kind: error.kind,
    reason,
    retryable: error.retryable,
    retryAfterMs: error.retryAfterMs ?? null,
  };
}
