import { tiers } from '../../jobs/job.ts';
import {
  count,
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

const progress: Readonly<Record<string, JsonSchema>> = {
  state: oneOf('pending', 'inProgress', 'completed', 'failed', 'cancelled'),
  pending: count,
  inProgress: count,
  completed: count,
  failed: count,
  cancelled: count,
};

const summary: Readonly<Record<string, JsonSchema>> = {
  job: text,
  interval: text,
  tier: oneOf(...tiers),
  createdAt: instant,
  ...progress,
};

const exampleProgress = { state: 'inProgress', pending: 10, inProgress: 1, completed: 1, failed: 0, cancelled: 0 };
const exampleSummary = {
  job: 'AAPL_2023-01-01',
  interval: '5min',
  tier: 'T1',
  createdAt: '2024-01-03T02:15:00.000Z',
  ...exampleProgress,
};

/** A job as `jobs --json` prints it; the counts are of its items. */
export const jobSchema: NamedSchema = named('Job', exactly(summary), exampleSummary);

/** A job as `jobs show --json` prints it, by symbol. */
export const backfillSchema: NamedSchema = named(
  'Backfill',
  exactly({ ...summary, symbols: listOf(exactly({ symbol: text, ...progress })) }),
  { ...exampleSummary, symbols: [{ symbol: 'AAPL', ...exampleProgress }] },
);

/** A job as it would be made: its parts in the order in which they begin. */
export const backfillPlanSchema: NamedSchema = named(
  'BackfillPlan',
  exactly({
    job: text,
    known: { ...flag, description: 'the job is there already' },
    complete: { ...count, description: 'months, or series of longer bars, that need no call' },
    calls: count,
    order: listOf(exactly({ symbol: text, month: textOrNone, adjustments: listOf(oneOf('raw', 'adjusted')) })),
  }),
  {
    job: 'AAPL_2023-01-01',
    known: false,
    complete: 11,
    calls: 1,
    order: [{ symbol: 'AAPL', month: '2023-02', adjustments: ['raw'] }],
  },
);

/** A request for history that is complete. */
export const nothingToDoSchema: JsonSchema = {
  ...exactly({ job: { type: 'null' }, complete: { ...count, description: 'months that are complete' } }),
  examples: [{ job: null, complete: 12 }],
};

/** An item without an attempt left, as `dead-letters --json` prints it. */
export const deadLetterSchema: NamedSchema = named(
  'DeadLetter',
  exactly({
    item: text,
    job: text,
    attempts: count,
    kind: textOrNone,
    reason: textOrNone,
    message: textOrNone,
  }),
  {
    item: 'AAPL_2023-01-01 AAPL 2023-02',
    job: 'AAPL_2023-01-01',
    attempts: 5,
    kind: 'externalApi',
    reason: 'outage',
    message: 'alpha_vantage answered 503',
  },
);

/** How many items something was done to. */
export const itemsSchema: JsonSchema = { ...exactly({ items: count }), examples: [{ items: 3 }] };
