import { isServiceError, ServiceError } from '@quantumtrade/core-traits';
import { toDatabaseError } from './database-error.ts';
import { connectTimeoutCode } from './http-agent.ts';

/** Failures before anything was sent: whatever it was, it may be sent again. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  connectTimeoutCode,
]);

/** Failures after which nobody knows whether the server did it: only what may be done twice is sent again. */
const lostCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** The server's refusals of a user: wrong password, unknown user, none given. */
const refusedUserCodes: ReadonlySet<string> = new Set(['192', '193', '194', '516']);

/**
 * Whether a failed request may be sent again at once: the connection failed, not the query. A query that ran into its
 * time-out is not asked again here; whoever asked decides.
 */
export function mayRepeat(error: unknown, canBeDoneTwice: boolean): boolean {
  const code = codeOf(error);
  return unsentCodes.has(code) || (canBeDoneTwice && lostCodes.has(code));
}

/** Why the first question to a server failed, as one line that says what to do. The address holds no credentials. */
export function explainConnectFailure(
  error: unknown,
  address: string,
  username: string,
  signal?: AbortSignal,
): unknown {
  const code = codeOf(error);
  const unavailable = (message: string): ServiceError =>
    new ServiceError({ kind: 'database', reason: 'unavailable', retryable: true, cause: error, message });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return unavailable(`the host of ${address} is not known: correct clickhouse.url (CLICKHOUSE_URL)`);
  }
  if (unsentCodes.has(code)) {
    return unavailable(
      `nothing answers at ${address} (${code}): start the ClickHouse server there or correct clickhouse.url (CLICKHOUSE_URL)`,
    );
  }
  if (refusedUserCodes.has(code)) {
    return new ServiceError({
      kind: 'configuration',
      reason: 'databaseCredentials',
      message: `ClickHouse at ${address} refuses user ${username}: correct CLICKHOUSE_USER and CLICKHOUSE_PASSWORD`,
      cause: error,
    });
  }
  if (!signal?.aborted && !isServiceError(error) && !/^\d+$/.test(code) && !lostCodes.has(code) && !timedOut(error)) {
    return new ServiceError({
      kind: 'configuration',
      reason: 'notClickHouse',
      message:
        `what answers at ${address} is no ClickHouse HTTP interface: correct clickhouse.url (CLICKHOUSE_URL); ` +
        'its port is 8123, or 8443 for https, unless the server says otherwise',
      cause: error,
    });
  }
  return toDatabaseError(error, `connecting to ${address}`, signal);
}

function timedOut(error: unknown): boolean {
  // The client has no class or code for it.
  return error instanceof Error && error.message === 'Timeout error.';
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : '';
}
