import {
  ADJUSTED_DAILY_COLUMNS,
  ADJUSTED_PERIOD_COLUMNS,
  type Column,
  CRYPTO_COLUMNS,
  FX_COLUMNS,
  PLAIN_COLUMNS,
} from './render/columns.ts';
import type { Period } from './series/daily-rows.ts';

interface FunctionShape {
  /** The vendor's sentence about the series; `{interval}` stands for the interval asked for. */
  readonly information: string;
  /** The key of the series in JSON; `{interval}` stands for the interval asked for. */
  readonly seriesKey: string;
  readonly columns: readonly Column[];
  /** Part of the file name the vendor suggests for CSV; `{interval}` stands for the interval asked for. */
  readonly fileName: string;
  /**
   * What its symbols are, shares when left out: currencies by `from_symbol` and `to_symbol`, or a digital currency by
   * `symbol` and `market`. Their times are UTC.
   */
  readonly pair?: 'fx' | 'crypto';
}

/** A series the sandbox can answer, and how the vendor writes it. */
export type SeriesFunction =
  | ({ readonly kind: 'intraday' } & FunctionShape)
  | ({ readonly kind: 'daily'; readonly adjusted: boolean } & FunctionShape)
  | ({ readonly kind: 'period'; readonly period: Period; readonly adjusted: boolean } & FunctionShape);

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
  ...fxFunctions(),
  ...cryptoFunctions(),
]);

function fxFunctions(): [string, SeriesFunction][] {
  const shape = (word: string, keyPart: string, fileName: string) => ({
    information: `Forex ${word} Prices (open, high, low, close)`,
    seriesKey: `Time Series FX (${keyPart})`,
    columns: FX_COLUMNS,
    fileName,
    pair: 'fx' as const,
  });
  return [
    ['FX_INTRADAY', { kind: 'intraday', ...shape('Intraday ({interval})', '{interval}', 'fx_intraday_{interval}') }],
    ['FX_DAILY', { kind: 'daily', adjusted: false, ...shape('Daily', 'Daily', 'fx_daily') }],
    ['FX_WEEKLY', { kind: 'period', period: 'week', adjusted: false, ...shape('Weekly', 'Weekly', 'fx_weekly') }],
    ['FX_MONTHLY', { kind: 'period', period: 'month', adjusted: false, ...shape('Monthly', 'Monthly', 'fx_monthly') }],
  ];
}

function cryptoFunctions(): [string, SeriesFunction][] {
  const shape = (word: string) => ({
    information: `${word} Prices and Volumes for Digital Currency`,
    seriesKey: `Time Series (Digital Currency ${word})`,
    columns: CRYPTO_COLUMNS,
    fileName: `currency_${word.toLowerCase()}`,
    pair: 'crypto' as const,
  });
  const intraday = {
    ...shape('Intraday'),
    information: 'Crypto Intraday ({interval}) Time Series',
    seriesKey: 'Time Series Crypto ({interval})',
    fileName: 'crypto_intraday_{interval}',
  };
  return [
    ['CRYPTO_INTRADAY', { kind: 'intraday', ...intraday }],
    ['DIGITAL_CURRENCY_DAILY', { kind: 'period', period: 'day', adjusted: false, ...shape('Daily') }],
    ['DIGITAL_CURRENCY_WEEKLY', { kind: 'period', period: 'week', adjusted: false, ...shape('Weekly') }],
    ['DIGITAL_CURRENCY_MONTHLY', { kind: 'period', period: 'month', adjusted: false, ...shape('Monthly') }],
  ];
}

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
