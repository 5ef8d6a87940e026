import { ServiceError } from '../errors/service-error.ts';
import type { Json, NewWork } from './work-queue.ts';

/** Work whose optional parts are filled in. */
export interface NormalizedWork {
  readonly id: string;
  readonly group: string;
  readonly payload: Json;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly notBefore: number;
}

const longestName = 200;
const largestPayload = 1_048_576;

/**
 * Checks new work against the limits of the `WorkQueue` contract and fills in its defaults: what every implementation
 * does first.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidWork`.
 */
export function normalizeWork(work: NewWork): NormalizedWork {
  const { id, group, payload, priority = 100, maxAttempts = 5, notBefore = 0 } = work;
  checkName('id', id);
  checkName('group', group);
  if (!isWholeNumber(priority, 0, 1_000)) throw invalid('priority must be a whole number from 0 to 1000');
  if (!isWholeNumber(maxAttempts, 1, 1_000)) throw invalid('maxAttempts must be a whole number from 1 to 1000');
  if (!isWholeNumber(notBefore, 0, 8.64e15)) throw invalid('notBefore must be an instant in milliseconds');
  if (jsonText(payload).length > largestPayload)
    throw invalid(`the payload must be JSON of at most ${largestPayload} characters`);
  return { id, group, payload, priority, maxAttempts, notBefore };
}

function checkName(field: string, value: unknown): void {
  if (typeof value !== 'string' || value === '' || value.length > longestName || !value.isWellFormed()) {
    throw invalid(`${field} must be a text of 1 to ${longestName} characters`);
  }
}

function jsonText(payload: Json): string {
  try {
    return JSON.stringify(payload) ?? invalidPayload();
  } catch (error) {
    throw error instanceof ServiceError ? error : invalid('the payload must be plain JSON data', error);
  }
}

function invalidPayload(): never {
  throw invalid('the payload must be plain JSON data');
}

function isWholeNumber(value: number, from: number, to: number): boolean {
  return Number.isSafeInteger(value) && value >= from && value <= to;
}

function invalid(message: string, cause?: unknown): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidWork', message, cause });
}
