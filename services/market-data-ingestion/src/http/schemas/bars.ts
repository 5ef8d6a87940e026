import { intervals } from '@quantumtrade/shared-types';
import {
  decimal,
  decimalOrNone,
  exactly,
  instant,
  type JsonSchema,
  listOf,
  type NamedSchema,
  named,
  number,
  oneOf,
  orNone,
  text,
  textOrNone,
} from './schema.ts';

const bar: Readonly<Record<string, JsonSchema>> = {
  symbol: text,
  interval: oneOf(...intervals),
  source: text,
  openTime: instant,
  sessionDate: text,
  open: decimal,
  high: decimal,
  low: decimal,
  close: decimal,
  adjustedClose: decimalOrNone,
  volume: decimalOrNone,
  qualityScore: number,
  ingestedAt: instant,
};

const exampleBar = {
  symbol: 'AAPL',
  interval: 'daily',
  source: 'alpha_vantage',
  openTime: '2024-01-02T05:00:00.000Z',
  sessionDate: '2024-01-02',
  open: '187.15',
  high: '188.44',
  low: '183.885',
  close: '185.64',
  adjustedClose: null,
  volume: '82488700',
  qualityScore: 100,
  ingestedAt: '2024-01-03T02:15:00.000Z',
};

/** A bar as `query --json` prints it. */
export const barSchema: NamedSchema = named('Bar', exactly(bar), exampleBar);

/** One version of a bar as `history --json` prints it: the bar, and where it comes from. */
export const barVersionSchema: NamedSchema = named(
  'BarVersion',
  exactly({
    ...bar,
    brokenRules: listOf(text),
    barLabel: oneOf('start', 'end'),
    lastRefreshed: textOrNone,
    batchId: text,
  }),
  {
    ...exampleBar,
    brokenRules: [],
    barLabel: 'start',
    lastRefreshed: '2024-01-02',
    batchId: '0b5f2f0e-6f0c-4a57-8f6c-2f1f6e0a9b11',
  },
);

export const latestSchema: JsonSchema = {
  ...exactly({ bar: orNone(barSchema) }),
  examples: [{ bar: barSchema.examples[0] }],
};
