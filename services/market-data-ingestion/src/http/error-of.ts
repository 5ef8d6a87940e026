import { type ServiceError, toServiceError } from '@quantumtrade/core-traits';
import { type RefusalReason, refusal } from './refusal.ts';

/** What Node and Fastify call the faults of a request. */
const faults: Readonly<Record<string, readonly [RefusalReason, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['bodyTooLarge', 'the body is larger than http.max_body_bytes allows'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupportedMediaType', 'send JSON with content-type: application/json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalidBody', 'the body is empty: send JSON, or no content-type'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalidBody', 'the body is no JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalidBody', 'the body is not as long as content-length says'],
  FST_ERR_BAD_URL: ['invalidParameter', 'the address is no valid URL'],
  HPE_HEADER_OVERFLOW: ['headerTooLarge', 'the headers are larger than http.max_header_bytes allows'],
  ERR_HTTP_REQUEST_TIMEOUT: ['requestTimeout', 'the request did not arrive in time'],
};

/** What was thrown while a request was dealt with, as one of our errors. */
export function errorOf(thrown: unknown): ServiceError {
  const { code = '', validation, statusCode = 500 } = fieldsOf(thrown);
  const fault = faults[code];
  if (fault !== undefined) return refusal(...fault);
  if (validation !== undefined) return refusal('invalidParameter', mistakeOf(validation, thrown));
  if (code.startsWith('HPE_') || (statusCode >= 400 && statusCode < 500)) {
    return refusal('invalidBody', 'the request is not well-formed');
  }
  return toServiceError(thrown);
}

interface Faulty {
  readonly code?: string;
  readonly statusCode?: number;
  readonly validation?: readonly { readonly params?: Readonly<Record<string, unknown>> }[];
}

function fieldsOf(thrown: unknown): Faulty {
  return typeof thrown === 'object' && thrown !== null ? (thrown as Faulty) : {};
}

/** The validator's words, with the values that are allowed. */
function mistakeOf([first]: NonNullable<Faulty['validation']>, thrown: unknown): string {
  const { allowedValues, additionalProperty } = first?.params ?? {};
  const message = thrown instanceof Error ? thrown.message : 'a parameter is wrong';
  if (Array.isArray(allowedValues)) return `${message}: ${allowedValues.join(', ')}`;
  return typeof additionalProperty === 'string' ? `${message}: one of them is not known` : message;
}
