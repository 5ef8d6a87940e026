import { barInterval, type MadeBar } from '../measure/bars.ts';
import { lastRefreshed } from '../measure/payload.ts';

/** The `source` of every row of the suite. */
export const source = 'alpha_vantage';

/** What must be stored of a bar, as text, worked out without the code that is measured. */
export interface ExpectedRow {
  readonly sessionDate: string;
  /** The names, joined with commas. */
  readonly brokenRules: string;
  /** Every column that says something about the bar, as {@link lineExpression} has the engine write it. */
  readonly line: string;
}

export function expectedRow(bar: MadeBar): ExpectedRow {
  const sessionDate = bar.label.slice(0, 10);
  const brokenRules = bar.qualityScore === 90 ? 'low_volume' : '';
  const prices = [bar.open, bar.high, bar.low, bar.close].map(withoutTrailingZeros);
  const line = [
    barInterval,
    source,
    'raw',
    bar.openTime,
    sessionDate,
    ...prices,
    'none',
    withoutTrailingZeros(bar.volume),
    bar.qualityScore,
    brokenRules,
    'start',
    lastRefreshed,
  ].join('|');
  return { sessionDate, brokenRules, line };
}

/** The same text as {@link ExpectedRow.line}, of a stored row. */
export const lineExpression: string = `concatWithSeparator('|', interval, source, adjustment,
  toString(toUnixTimestamp64Milli(open_time)), toString(session_date), toString(open), toString(high), toString(low),
  toString(close), ifNull(toString(adjusted_close), 'none'), ifNull(toString(volume), 'none'), toString(quality_score),
  arrayStringConcat(broken_rules, ','), bar_label, last_refreshed)`;

/** The engine prints decimals without them. */
function withoutTrailingZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
