import {
  count,
  exactly,
  flag,
  instant,
  instantOrNone,
  type JsonSchema,
  listOf,
  type NamedSchema,
  named,
  number,
  numberOrNone,
  oneOf,
  ref,
  text,
  textOrNone,
} from './schema.ts';

/** What an error has as `--json` prints it. */
export const errorFields: Readonly<Record<string, JsonSchema>> = {
  kind: text,
  reason: textOrNone,
  message: text,
  retryable: flag,
  retryAfterMs: numberOrNone,
};

/** The error of a collection, or `null`. */
export const errorOrNone: JsonSchema = { ...exactly(errorFields), type: ['object', 'null'] };

/** What came of one series, as `collect --json` prints it. */
export const outcomeSchema: NamedSchema = named(
  'Outcome',
  exactly({
    symbol: text,
    interval: text,
    source: text,
    collected: count,
    stored: count,
    unchanged: count,
    duplicates: count,
    quarantined: count,
    spooled: count,
    cached: count,
    qualityScore: number,
    batchId: textOrNone,
    durationMs: number,
    warnings: listOf(exactly({ code: text, message: text })),
    error: errorOrNone,
  }),
  {
    symbol: 'AAPL',
    interval: 'daily',
    source: 'alpha_vantage',
    collected: 100,
    stored: 99,
    unchanged: 0,
    duplicates: 0,
    quarantined: 1,
    spooled: 0,
    cached: 0,
    qualityScore: 99.1,
    batchId: '0b5f2f0e-6f0c-4a57-8f6c-2f1f6e0a9b11',
    durationMs: 412,
    warnings: [],
    error: null,
  },
);

/** A job of collections. */
export const runSchema: NamedSchema = named(
  'CollectionJob',
  exactly({
    id: text,
    state: oneOf('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled'),
    createdAt: instant,
    startedAt: instantOrNone,
    finishedAt: instantOrNone,
    symbols: listOf(text),
    interval: textOrNone,
    results: listOf(ref(outcomeSchema)),
    error: errorOrNone,
  }),
  {
    id: '6f1c1b1e-0f9c-4b7e-9d3e-5a0b6d0c7e21',
    state: 'succeeded',
    createdAt: '2024-01-03T02:15:00.000Z',
    startedAt: '2024-01-03T02:15:00.002Z',
    finishedAt: '2024-01-03T02:15:00.414Z',
    symbols: ['AAPL'],
    interval: 'daily',
    results: outcomeSchema.examples,
    error: null,
  },
);
