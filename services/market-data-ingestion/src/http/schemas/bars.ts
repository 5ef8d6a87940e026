import { intervals } from '@quantumtrade/shared-types';
import {
  decimal,
  decimalOrNone,
  exactly,
  instant,
  type JsonSchema,
  type NamedSchema,
  named,
  number,
  oneOf,
  orNone,
  text,
} from './schema.ts';

/** A bar as `query --json` prints it. */
export const barSchema: NamedSchema = named(
  'Bar',
  exactly({
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
  }),
  {
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
  },
);

export const latestSchema: JsonSchema = {
  ...exactly({ bar: orNone(barSchema) }),
  examples: [{ bar: barSchema.examples[0] }],
};
