import { collectionOutcomes } from '@quantumtrade/shared-types';
import { errorFields } from './collections.ts';
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
  text,
  textOrNone,
} from './schema.ts';
import { seriesFields } from './series.ts';

/** A rejected row as `quarantine --json` prints it. */
export const quarantineSchema: NamedSchema = named(
  'QuarantinedRow',
  exactly({
    ...seriesFields,
    label: text,
    open: textOrNone,
    high: textOrNone,
    low: textOrNone,
    close: textOrNone,
    adjustedClose: textOrNone,
    volume: textOrNone,
    qualityScore: number,
    brokenRules: listOf(text),
    quarantinedAt: instant,
    batchId: text,
  }),
  {
    symbol: 'AAPL',
    interval: 'daily',
    source: 'alpha_vantage',
    adjustment: 'raw',
    label: '2024-01-02',
    open: '10',
    high: '9',
    low: '11',
    close: '10',
    adjustedClose: null,
    volume: '5000',
    qualityScore: 10,
    brokenRules: ['high_below_low', 'open_outside_range', 'close_outside_range'],
    quarantinedAt: '2024-01-03T02:15:00.000Z',
    batchId: '0b5f2f0e-6f0c-4a57-8f6c-2f1f6e0a9b11',
  },
);

/** A collection as `batches --json` prints it. */
export const batchSchema: NamedSchema = named(
  'Batch',
  exactly({
    ...seriesFields,
    batchId: text,
    acceptedAt: instant,
    outcome: oneOf(...collectionOutcomes),
    collected: count,
    processed: count,
    stored: count,
    unchanged: count,
    duplicates: count,
    quarantined: count,
    spooled: count,
    cached: count,
    qualityScore: number,
    durationMs: number,
    fetchMs: numberOrNone,
    processMs: numberOrNone,
    storeMs: numberOrNone,
    firstOpenTime: instantOrNone,
    lastOpenTime: instantOrNone,
    lastRefreshed: textOrNone,
    outputSize: textOrNone,
    month: textOrNone,
    errorKind: textOrNone,
    errorReason: textOrNone,
  }),
  {
    symbol: 'AAPL',
    interval: 'daily',
    source: 'alpha_vantage',
    adjustment: 'raw',
    batchId: '0b5f2f0e-6f0c-4a57-8f6c-2f1f6e0a9b11',
    acceptedAt: '2024-01-03T02:15:00.000Z',
    outcome: 'stored',
    collected: 100,
    processed: 99,
    stored: 99,
    unchanged: 0,
    duplicates: 0,
    quarantined: 1,
    spooled: 0,
    cached: 0,
    qualityScore: 99.1,
    durationMs: 412.5,
    fetchMs: 380.1,
    processMs: 2.4,
    storeMs: 25.7,
    firstOpenTime: '2023-08-10T04:00:00.000Z',
    lastOpenTime: '2024-01-02T05:00:00.000Z',
    lastRefreshed: '2024-01-02',
    outputSize: 'compact',
    month: null,
    errorKind: null,
    errorReason: null,
  },
);

/** A failure that was reported. */
export const failureSchema: NamedSchema = named(
  'Failure',
  exactly({
    at: instant,
    operation: text,
    attempt: count,
    symbol: textOrNone,
    interval: textOrNone,
    ...errorFields,
  }),
  {
    at: '2024-01-03T02:15:00.000Z',
    operation: 'fetch',
    attempt: 2,
    symbol: 'AAPL',
    interval: 'daily',
    kind: 'externalApi',
    reason: 'outage',
    message: 'alpha_vantage answered 503: it is tried again',
    retryable: true,
    retryAfterMs: null,
  },
);

const limitReason: JsonSchema = oneOf('pacing', 'minuteQuota', 'dailyQuota');

/** The limits of a key as `quota --json` prints them. */
export const quotaSchema: NamedSchema = named(
  'Quota',
  exactly({
    limited: flag,
    counted: { type: ['string', 'null'], enum: ['together', 'here', null] },
    windows: listOf(
      exactly({
        reason: limitReason,
        limit: count,
        windowSeconds: number,
        used: count,
        left: count,
        nextFreeAt: instantOrNone,
        allFreeAt: instantOrNone,
      }),
    ),
    hold: { ...exactly({ reason: limitReason, until: instantOrNone }), type: ['object', 'null'] },
  }),
  {
    limited: true,
    counted: 'here',
    windows: [
      {
        reason: 'dailyQuota',
        limit: 25,
        windowSeconds: 86_400,
        used: 3,
        left: 22,
        nextFreeAt: '2024-01-04T02:15:00.000Z',
        allFreeAt: '2024-01-04T02:17:00.000Z',
      },
    ],
    hold: null,
  },
);
