import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Interval } from '@quantumtrade/shared-types';

const root = resolve(import.meta.dirname, '../../../../../../shared/fixtures/alphavantage');

/** Whether the recorded payloads are beside the project. */
export const recordedPresent: boolean = existsSync(root);

/** A recorded series and the request that it answers. */
export interface RecordedFile {
  /** Path inside the folder of recorded payloads. */
  readonly path: string;
  readonly symbol: string;
  readonly interval: Interval;
  readonly adjusted: boolean;
  readonly outputSize: 'compact' | 'full';
  /** The function that the vendor must be asked for. */
  readonly vendorFunction: string;
  /** Rows, as the manifest of the recordings counts them. */
  readonly rows: number;
  /** Whether the vendor labelled its bars by their end when this was recorded. */
  readonly endLabelled: boolean;
}

const folders: Readonly<Record<string, Pick<RecordedFile, 'interval' | 'vendorFunction'>>> = {
  intraday_1min: { interval: '1min', vendorFunction: 'TIME_SERIES_INTRADAY' },
  intraday_5min: { interval: '5min', vendorFunction: 'TIME_SERIES_INTRADAY' },
  intraday_extended_1min: { interval: '1min', vendorFunction: 'TIME_SERIES_INTRADAY' },
  intraday_extended_5min: { interval: '5min', vendorFunction: 'TIME_SERIES_INTRADAY' },
  daily: { interval: 'daily', vendorFunction: 'TIME_SERIES_DAILY' },
  daily_adjusted: { interval: 'daily', vendorFunction: 'TIME_SERIES_DAILY_ADJUSTED' },
  weekly: { interval: 'weekly', vendorFunction: 'TIME_SERIES_WEEKLY' },
  weekly_adjusted: { interval: 'weekly', vendorFunction: 'TIME_SERIES_WEEKLY_ADJUSTED' },
  monthly: { interval: 'monthly', vendorFunction: 'TIME_SERIES_MONTHLY' },
  monthly_adjusted: { interval: 'monthly', vendorFunction: 'TIME_SERIES_MONTHLY_ADJUSTED' },
  fx_daily: { interval: 'daily', vendorFunction: 'FX_DAILY' },
  crypto_intraday: { interval: '5min', vendorFunction: 'CRYPTO_INTRADAY' },
  digital_currency_daily: { interval: 'daily', vendorFunction: 'DIGITAL_CURRENCY_DAILY' },
};

type Facts = Partial<Pick<RecordedFile, 'adjusted' | 'outputSize' | 'endLabelled'>>;
const full: Facts = { outputSize: 'full' };
const end: Facts = { endLabelled: true };

/** Every recorded series: path, symbol, rows, and what is not usual about it. */
const facts: readonly (readonly [path: string, symbol: string, rows: number, facts?: Facts])[] = [
  ['intraday_1min/RomelTorres__alpha_vantage_MSFT_2017-12-18.json', 'MSFT', 100],
  ['intraday_1min/lotusmuds__MarketData_JPM_2019-09-05.csv', 'JPM', 100],
  ['intraday_1min/lotusmuds__MarketData_MSFT_2019-09-05.csv', 'MSFT', 100],
  ['intraday_1min/tanze1233__Finance-CS50_AAPL_2018-06-05.csv', 'AAPL', 100],
  ['intraday_1min/xiang-burlington__SMH_2020-12-21_2021-01-08.csv', 'SMH', 4952, full],
  ['intraday_5min/MoustafaHaroun__Sia_IBM_2026-04-28.csv', 'IBM', 100],
  ['intraday_5min/hithere34114__fin-algo_IBM_2020-07-27.csv', 'IBM', 100, end],
  [
    'intraday_extended_1min/RomelTorres__alpha_vantage_MSFT_2020-11-23_2020-12-18.csv',
    'MSFT',
    11190,
    { ...full, ...end },
  ],
  [
    'intraday_extended_5min/david-bx-zhang__AAPL_2021-03-11_2021-04-09.csv',
    'AAPL',
    3990,
    { ...full, ...end, adjusted: true },
  ],
  ['daily/kantipenkov__stonks_NVDA_full_2021-12-23.json', 'NVDA', 5574, full],
  ['daily/portfoliotree__AMJ_2020-08.csv', 'AMJ', 100],
  ['daily/portfoliotree__IBM_2026-05.csv', 'IBM', 100],
  ['daily/tanze1233__Finance-CS50_MSFT_2018-06.csv', 'MSFT', 100],
  ['daily_adjusted/divadigit__Project-Financial-Data_MSFT_2018-08-06.csv', 'MSFT', 100],
  ['daily_adjusted/portfoliotree__IBM_2026-05.csv', 'IBM', 100],
  ['daily_adjusted/rinebob__visvol_TSLA_2021-07-23.json', 'TSLA', 100],
  ['daily_adjusted/suhaskollur__IBM_full_2023-12-12.json', 'IBM', 6068, full],
  ['weekly/portfoliotree__IBM_2026-05.csv', 'IBM', 1384],
  ['weekly_adjusted/portfoliotree__IBM_2026-05.csv', 'IBM', 1384],
  ['monthly/portfoliotree__IBM_2026-05.csv', 'IBM', 318],
  ['monthly_adjusted/portfoliotree__IBM_2026-05.csv', 'IBM', 318],
  ['fx_daily/portfoliotree__EURUSD_2026-05.csv', 'EUR/USD', 100],
  ['crypto_intraday/portfoliotree__ETH_5min_2026-05.csv', 'ETH/USD', 100],
  ['digital_currency_daily/portfoliotree__BTC_2026-05.csv', 'BTC/USD', 350],
];

/** Every recorded series with the request that it answers. */
export const recordedFiles: readonly RecordedFile[] = facts.map(([path, symbol, rows, given = {}]) => {
  const folder = folderOf(path);
  const { interval, vendorFunction } = folders[folder] as Pick<RecordedFile, 'interval' | 'vendorFunction'>;
  const usual = { adjusted: folder.endsWith('_adjusted'), outputSize: 'compact', endLabelled: false } as const;
  return { path, symbol, interval, vendorFunction, rows, ...usual, ...given };
});

/** The one recorded series whose path contains a text. */
export function recordedFile(part: string): RecordedFile {
  const found = recordedFiles.filter(({ path }) => path.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} recorded series contain ${part}`);
  return found[0] as RecordedFile;
}

/** The paths of the series that are really there: a recording that is added later must not be left out unnoticed. */
export function seriesOnDisk(): string[] {
  return Object.keys(folders).flatMap((folder) => filesIn(folder));
}

/** The paths of the refusals that are really there. */
export function refusalsOnDisk(): string[] {
  return filesIn('errors');
}

/** The bytes of a recorded payload. */
export function recordedBody(path: string): Buffer {
  return readFileSync(resolve(root, path));
}

function filesIn(folder: string): string[] {
  return readdirSync(resolve(root, folder)).map((name) => `${folder}/${name}`);
}

function folderOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}
