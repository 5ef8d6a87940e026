import { isServiceError, ServiceError } from '@quantumtrade/core-traits';

/** Engine errors that pass by themselves: time-outs, memory, too many parts or queries, network, disk, read-only, replicas. */
const transientCodes: ReadonlySet<string> = new Set([
  '159', // TIMEOUT_EXCEEDED
  '160', // TOO_SLOW
  '164', // READONLY
  '198', // DNS_ERROR
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '203', // NO_FREE_CONNECTION
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '225', // NO_ZOOKEEPER
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '279', // ALL_CONNECTION_TRIES_FAILED
  '285', // TOO_FEW_LIVE_REPLICAS
  '319', // UNKNOWN_STATUS_OF_INSERT
  '439', // CANNOT_SCHEDULE_TASK
  '517', // CANNOT_ASSIGN_ALTER
  '745', // SERVER_OVERLOADED
  '999', // KEEPER_EXCEPTION
]);

/**
 * Any failure of the engine or its client as one `ServiceError` of kind `database`. The client's errors are recognised
 * by their `code`: the embedded engine's are of another class. An abort's reason passes through unchanged.
 */
export function toDatabaseError(error: unknown, doing: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (isServiceError(error)) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const engineCode = typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
  const isEngineError = engineCode !== undefined && /^\d+$/.test(engineCode);
  const detail = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 300);
  return new ServiceError({
    kind: 'database',
    reason: isEngineError ? 'refused' : 'unavailable',
    message: `ClickHouse failed while ${doing}: ${detail}`,
    retryable: !isEngineError || transientCodes.has(engineCode),
    cause: error,
  });
}
