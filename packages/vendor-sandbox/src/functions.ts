import { ADJUSTED_DAILY_COLUMNS, ADJUSTED_PERIOD_COLUMNS, type Column, PLAIN_COLUMNS } from './render/columns.ts';
import type { Period } from './series/daily-rows.ts';

interface FunctionShape {
  /** The vendor's sentence about the series; `{interval}` stands for the interval asked for. */
  readonly information: string;
  /** The key of the series in JSON; `{interval}` stands for the interval asked for. */
  readonly seriesKey: string;
  readonly columns: readonly Column[];
  /** Part of the file name the vendor suggests for CSV; `{interval}` stands for the interval asked for. */
  readonly fileName: string;
}

/** A series the sandbox can answer, and how the vendor writes it. */
export type SeriesFunction =
  | ({ readonly kind: 'intraday' } & FunctionShape)
  | ({ readonly kind: 'daily'; readonly adjusted: boolean } & FunctionShape)
  | ({ readonly kind: 'period'; readonly period: Exclude<Period, 'day'>; readonly adjusted: boolean } & FunctionShape);

/** The functions the sandbox answers, by the vendor's name. */
export const SERIES_FUNCTIONS: ReadonlyMap<string, SeriesFunction> = new Map<string, SeriesFunction>([
  [
    'TIME_SERIES_INTRADAY',
    {
      kind: 'intraday',
      information: 'Intraday ({interval}) open, high, low, close prices and volume',
      seriesKey: 'Time Series ({interval})',
      columns: PLAIN_COLUMNS,
      fileName: 'intraday_{interval}',
    },
  ],
  [
    'TIME_SERIES_DAILY',
    {
      kind: 'daily',
      adjusted: false,
      information: 'Daily Prices (open, high, low, close) and Volumes',
      seriesKey: 'Time Series (Daily)',
      columns: PLAIN_COLUMNS,
      fileName: 'daily',
    },
  ],
  [
    'TIME_SERIES_DAILY_ADJUSTED',
    {
      kind: 'daily',
      adjusted: true,
      information: 'Daily Time Series with Splits and Dividend Events',
      seriesKey: 'Time Series (Daily)',
      columns: ADJUSTED_DAILY_COLUMNS,
      fileName: 'daily_adjusted',
    },
  ],
  ...periodFunctions('week', 'Weekly'),
  ...periodFunctions('month', 'Monthly'),
]);

function periodFunctions(period: 'week' | 'month', name: 'Weekly' | 'Monthly'): [string, SeriesFunction][] {
  return [
    [
      `TIME_SERIES_${name.toUpperCase()}`,
      {
        kind: 'period',
        period,
        adjusted: false,
        information: `${name} Prices (open, high, low, close) and Volumes`,
        seriesKey: `${name} Time Series`,
        columns: PLAIN_COLUMNS,
        fileName: name.toLowerCase(),
      },
    ],
    [
      `TIME_SERIES_${name.toUpperCase()}_ADJUSTED`,
      {
        kind: 'period',
        period,
        adjusted: true,
        information: `${name} Adjusted Prices and Volumes`,
        seriesKey: `${name} Adjusted Time Series`,
        columns: ADJUSTED_PERIOD_COLUMNS,
        fileName: `${name.toLowerCase()}_adjusted`,
      },
    ],
  ];
}
