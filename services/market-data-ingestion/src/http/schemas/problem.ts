import { count, exactly, flag, type NamedSchema, named, numberOrNone, text, textOrNone } from './schema.ts';

/** Problem details of RFC 9457. */
export const problemSchema: NamedSchema = named(
  'Problem',
  exactly({
    type: text,
    title: text,
    status: count,
    detail: text,
    kind: text,
    reason: textOrNone,
    retryable: flag,
    retryAfterMs: numberOrNone,
  }),
  {
    type: 'urn:market-data:error:configuration:invalidSymbol',
    title: 'Bad Request',
    status: 400,
    detail: 'symbol "../x" is refused: use 1 to 32 letters, digits and . - ^ = : / _, and no path',
    kind: 'configuration',
    reason: 'invalidSymbol',
    retryable: false,
    retryAfterMs: null,
  },
);
