import { corporateActionKinds } from '@quantumtrade/shared-types';
import { errorOrNone } from './collections.ts';
import {
  count,
  decimal,
  exactly,
  flag,
  instant,
  type JsonSchema,
  listOf,
  type NamedSchema,
  named,
  oneOf,
  text,
  textOrNone,
} from './schema.ts';

const list: Readonly<Record<string, JsonSchema>> = {
  symbol: text,
  source: text,
  kind: oneOf(...corporateActionKinds),
};

const batchId = '0b5f2f0e-6f0c-4a57-8f6c-2f1f6e0a9b11';

/** A dividend or a split as `actions --json` prints it. */
export const actionSchema: NamedSchema = named(
  'CorporateAction',
  exactly({
    ...list,
    exDate: text,
    place: count,
    value: decimal,
    declarationDate: textOrNone,
    recordDate: textOrNone,
    paymentDate: textOrNone,
    withdrawn: flag,
    ingestedAt: instant,
    batchId: text,
  }),
  {
    symbol: 'AAPL',
    source: 'alpha_vantage',
    kind: 'dividend',
    exDate: '2024-02-09',
    place: 1,
    value: '0.24',
    declarationDate: '2024-02-01',
    recordDate: '2024-02-12',
    paymentDate: '2024-02-15',
    withdrawn: false,
    ingestedAt: '2024-02-09T22:00:00.000Z',
    batchId,
  },
);

/** A rejected row of a list of corporate actions. */
export const rejectedActionSchema: NamedSchema = named(
  'RejectedCorporateAction',
  exactly({
    ...list,
    values: { type: 'object', additionalProperties: text, description: "the row in the vendor's own words" },
    brokenRules: listOf(text),
    rejectedAt: instant,
    batchId: text,
  }),
  {
    symbol: 'AAPL',
    source: 'alpha_vantage',
    kind: 'dividend',
    values: { exDate: '2024-02-30', value: '0.24' },
    brokenRules: ['unreadable_date'],
    rejectedAt: '2024-02-09T22:00:00.000Z',
    batchId,
  },
);

/** What came of collecting a list, as `collect-actions --json` prints it. */
export const collectedActionsSchema: NamedSchema = named(
  'CollectedActions',
  exactly({
    ...list,
    collected: count,
    stored: count,
    unchanged: count,
    duplicates: count,
    quarantined: count,
    withdrawn: count,
    batchId: textOrNone,
    warnings: listOf(exactly({ code: text, message: text })),
    error: errorOrNone,
  }),
  {
    symbol: 'AAPL',
    source: 'alpha_vantage',
    kind: 'dividend',
    collected: 48,
    stored: 1,
    unchanged: 47,
    duplicates: 0,
    quarantined: 0,
    withdrawn: 0,
    batchId,
    warnings: [],
    error: null,
  },
);
