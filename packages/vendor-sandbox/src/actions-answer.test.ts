import { describe, expect, it } from 'vitest';
import { createAlphaVantageSandbox } from './sandbox.ts';

const now = Date.UTC(2024, 0, 19, 17);
const sandbox = createAlphaVantageSandbox({ now: () => now });

function ask(query: string): string {
  return sandbox.handle({ url: `/query?${query}&apikey=k` }).body;
}

describe('the dividends and splits of the sandbox', () => {
  it('are the dividends of the adjusted daily series, newest first', () => {
    const { symbol, data } = JSON.parse(ask('function=DIVIDENDS&symbol=IBM'));
    const series = JSON.parse(ask('function=TIME_SERIES_DAILY_ADJUSTED&symbol=IBM&outputsize=full'));
    const paid = Object.entries<Record<string, string>>(series['Time Series (Daily)'])
      .map(([day, row]) => [day, row['7. dividend amount']])
      .filter(([, amount]) => Number(amount) > 0);
    expect(symbol).toBe('IBM');
    expect(data.length).toBeGreaterThan(50);
    expect(data.map((entry: Record<string, string>) => [entry.ex_dividend_date, entry.amount])).toEqual(paid);
  });

  it('have the dates around them for younger ones, and the vendor’s None for older ones', () => {
    const { data } = JSON.parse(ask('function=DIVIDENDS&symbol=IBM'));
    expect(data[0].payment_date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(data.at(-1)).toMatchObject({ declaration_date: 'None', record_date: 'None', payment_date: 'None' });
  });

  it('come as CSV where that is asked for', () => {
    const lines = ask('function=DIVIDENDS&symbol=IBM&datatype=csv').split('\r\n');
    expect(lines[0]).toBe('ex_dividend_date,declaration_date,record_date,payment_date,amount');
    expect(lines[1]?.split(',')).toHaveLength(5);
  });

  it('are an empty list of splits, and a refusal for a symbol that is unknown', () => {
    expect(JSON.parse(ask('function=SPLITS&symbol=IBM'))).toEqual({ symbol: 'IBM', data: [] });
    expect(ask('function=SPLITS&symbol=INVALID')).toContain('Invalid API call');
  });
});
