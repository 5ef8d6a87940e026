import { isServiceError, ServiceError } from '@quantumtrade/core-traits';

/** The primary result code of SQLite that says that the disk, or the file's own limit, is used up. */
const sqliteFull = 13;
/** The one that says that a part of the file is damaged. */
const sqliteCorrupt = 11;

/** There is no room for another batch: the caller must hear it, because nothing is dropped to make some. */
export function spoolFull(detail: string, cause?: unknown): ServiceError {
  return new ServiceError({
    kind: 'database',
    reason: 'spoolFull',
    message: `the spool has no room for another batch (${detail}): bring the store back, or raise spool.max_bytes`,
    retryable: true,
    cause,
  });
}

/** Any failure of the spool's medium as one `ServiceError`. */
export function toSpoolError(error: unknown): ServiceError {
  if (isServiceError(error)) return error;
  if (primaryCode(error) === sqliteFull) return spoolFull('the disk is full', error);
  const detail = error instanceof Error ? error.message : String(error);
  return new ServiceError({
    kind: 'database',
    reason: 'spoolUnavailable',
    message: `the spool failed (${detail}): look at the disk of the data directory`,
    cause: error,
  });
}

/** Whether SQLite says that what was read is damaged, and not that it could not be read this time. */
export function isCorruption(error: unknown): boolean {
  return primaryCode(error) === sqliteCorrupt;
}

/** Extended codes have the primary one in their low byte. */
function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}
