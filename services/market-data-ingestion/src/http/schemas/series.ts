import { intervals } from '@quantumtrade/shared-types';
import { type JsonSchema, oneOf, text } from './schema.ts';

/** What names a series of bars. */
export const seriesFields: Readonly<Record<string, JsonSchema>> = {
  symbol: text,
  interval: oneOf(...intervals),
  source: text,
  adjustment: oneOf('raw', 'adjusted'),
};
