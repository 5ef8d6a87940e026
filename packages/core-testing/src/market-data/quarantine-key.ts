import type { BarField, QuarantinedBar, Series } from '@quantumtrade/shared-types';
import { seriesKey } from './series-key.ts';

const fields: readonly BarField[] = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'];

/** Text that two rejected rows share only when they are of one series and have the same label, values and rules. */
export function quarantineKey(series: Series, row: QuarantinedBar): string {
  const values = fields.map((field) => row.values[field] ?? null);
  return JSON.stringify([seriesKey(series), row.label, values, row.brokenRules]);
}
