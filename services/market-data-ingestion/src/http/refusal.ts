import { ServiceError } from '@quantumtrade/core-traits';

/** Why a request is refused before any work is done for it. */
export type RefusalReason =
  | 'tokenMissing'
  | 'tokenRefused'
  | 'scopeMissing'
  | 'hostRefused'
  | 'originRefused'
  | 'notFound'
  | 'invalidParameter'
  | 'invalidBody'
  | 'invalidCursor'
  | 'bodyTooLarge'
  | 'headerTooLarge'
  | 'unsupportedMediaType'
  | 'requestTimeout'
  | 'tooManyRequests'
  | 'tooManyConnections'
  | 'tooManyStreams'
  | 'tooManyJobs'
  | 'stopping';

/** The HTTP status of each refusal. */
export const refusalStatus: Readonly<Record<RefusalReason, number>> = {
  tokenMissing: 401,
  tokenRefused: 401,
  scopeMissing: 403,
  hostRefused: 421,
  originRefused: 403,
  notFound: 404,
  invalidParameter: 400,
  invalidBody: 400,
  invalidCursor: 400,
  bodyTooLarge: 413,
  headerTooLarge: 431,
  unsupportedMediaType: 415,
  requestTimeout: 408,
  tooManyRequests: 429,
  tooManyConnections: 503,
  tooManyStreams: 503,
  tooManyJobs: 503,
  stopping: 503,
};

/** Every {@link RefusalReason}. */
export const refusalReasons: readonly RefusalReason[] = Object.keys(refusalStatus) as RefusalReason[];

/** What a refused request is answered with. The message must not repeat what the client sent. */
export function refusal(reason: RefusalReason, message: string, retryAfterMs?: number): ServiceError {
  const retryable = [408, 429, 503].includes(refusalStatus[reason]);
  if (reason === 'tooManyRequests') {
    return new ServiceError({ kind: 'rateLimit', service: 'http', reason, message, retryAfterMs });
  }
  return new ServiceError({ kind: retryable ? 'system' : 'configuration', reason, message, retryable });
}

/** The reason of a refusal; `undefined` for every other error. */
export function refusalReasonOf({ reason }: ServiceError): RefusalReason | undefined {
  return reason !== undefined && Object.hasOwn(refusalStatus, reason) ? (reason as RefusalReason) : undefined;
}
