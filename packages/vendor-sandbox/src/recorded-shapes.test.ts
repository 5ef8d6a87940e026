import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAlphaVantageSandbox } from './index.ts';

const RECORDED = resolve(import.meta.dirname, '../../../../shared/fixtures/alphavantage');

type Body = Record<string, Record<string, string | Record<string, string>>>;

function ask(query: string): string {
  const sandbox = createAlphaVantageSandbox({ now: () => Date.UTC(2026, 10, 20, 15, 0) });
  return sandbox.handle({ url: `/query?apikey=K&symbol=IBM&function=${query}` }).body;
}

/** The keys of a body, with those of one bar for all of them. */
function keysOf(text: string): unknown {
  const body = JSON.parse(text) as Body;
  const [meta = {}, series = {}] = Object.values(body);
  return { top: Object.keys(body), meta: Object.keys(meta), bar: Object.keys(Object.values(series)[0] ?? {}) };
}

describe.skipIf(!existsSync(RECORDED))('shapes as recorded (recorded payloads absent)', () => {
  const recorded = (file: string): string => readFileSync(resolve(RECORDED, file), 'utf8');

  it.each([
    ['TIME_SERIES_INTRADAY&interval=1min', 'intraday_1min/RomelTorres__alpha_vantage_MSFT_2017-12-18.json'],
    ['TIME_SERIES_DAILY&outputsize=full', 'daily/kantipenkov__stonks_NVDA_full_2021-12-23.json'],
    ['TIME_SERIES_DAILY_ADJUSTED', 'daily_adjusted/rinebob__visvol_TSLA_2021-07-23.json'],
    ['TIME_SERIES_DAILY_ADJUSTED&outputsize=full', 'daily_adjusted/suhaskollur__IBM_full_2023-12-12.json'],
  ])('%s has the keys of %s', (query, file) => {
    expect(keysOf(ask(query))).toEqual(keysOf(recorded(file)));
  });

  it.each([
    ['TIME_SERIES_DAILY&outputsize=full', 'daily/kantipenkov__stonks_NVDA_full_2021-12-23.json'],
    ['TIME_SERIES_DAILY_ADJUSTED', 'daily_adjusted/rinebob__visvol_TSLA_2021-07-23.json'],
  ])('%s has the meta data of %s, symbol and date aside', (query, file) => {
    const metaOf = (text: string): object => ({
      ...(JSON.parse(text) as Body)['Meta Data'],
      '2. Symbol': '',
      '3. Last Refreshed': '',
    });
    expect(metaOf(ask(query))).toEqual(metaOf(recorded(file)));
  });

  it.each([
    ['TIME_SERIES_INTRADAY&interval=1min', 'intraday_1min/lotusmuds__MarketData_JPM_2019-09-05.csv'],
    ['TIME_SERIES_INTRADAY&interval=5min', 'intraday_5min/MoustafaHaroun__Sia_IBM_2026-04-28.csv'],
    ['TIME_SERIES_DAILY', 'daily/portfoliotree__IBM_2026-05.csv'],
    ['TIME_SERIES_DAILY_ADJUSTED', 'daily_adjusted/portfoliotree__IBM_2026-05.csv'],
    ['TIME_SERIES_WEEKLY', 'weekly/portfoliotree__IBM_2026-05.csv'],
    ['TIME_SERIES_WEEKLY_ADJUSTED', 'weekly_adjusted/portfoliotree__IBM_2026-05.csv'],
    ['TIME_SERIES_MONTHLY', 'monthly/portfoliotree__IBM_2026-05.csv'],
    ['TIME_SERIES_MONTHLY_ADJUSTED', 'monthly_adjusted/portfoliotree__IBM_2026-05.csv'],
    ['FX_DAILY&from_symbol=EUR&to_symbol=USD', 'fx_daily/portfoliotree__EURUSD_2026-05.csv'],
    ['CRYPTO_INTRADAY&market=USD&interval=5min', 'crypto_intraday/portfoliotree__ETH_5min_2026-05.csv'],
    ['DIGITAL_CURRENCY_DAILY&market=USD', 'digital_currency_daily/portfoliotree__BTC_2026-05.csv'],
  ])('%s has the CSV header of %s', (query, file) => {
    const header = (text: string): string | undefined => text.split(/\r?\n/)[0];
    expect(header(ask(`${query}&datatype=csv`))).toBe(header(recorded(file)));
  });
});
