import { ServiceError } from '../errors/service-error.ts';
import type { NewEvent } from './event-publisher.ts';

const longestName = 200;

/**
 * Checks a new event against the limits of the `EventPublisher` contract and gives its data as JSON text: what every
 * implementation does first.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidEvent`.
 */
export function eventText({ id, type, data }: NewEvent): string {
  for (const [field, value] of Object.entries({ type, ...(id !== undefined && { id }) })) {
    if (typeof value !== 'string' || value === '' || value.length > longestName) {
      throw invalid(`${field} of an event must be a text of 1 to ${longestName} characters`);
    }
  }
  try {
    const text = JSON.stringify(data);
    if (typeof text === 'string') return text;
  } catch (cause) {
    throw invalid('the data of an event must be plain JSON data', cause);
  }
  throw invalid('the data of an event must be plain JSON data');
}

function invalid(message: string, cause?: unknown): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidEvent', message, cause });
}
