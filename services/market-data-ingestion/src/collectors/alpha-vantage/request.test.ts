import { inspect } from 'node:util';
import { Redacted, ServiceError } from '@quantumtrade/core-traits';
import type { BarRequest } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { queryOf, signedUrl } from './request.ts';

const settings = { defaultOutputSize: 'compact', dataType: 'json' } as const;
const ask = (request: Partial<BarRequest>): Record<string, string> =>
  Object.fromEntries(queryOf({ symbol: 'IBM', interval: '5min', adjusted: false, ...request }, settings));

describe('queryOf', () => {
  it('states every parameter of an intraday request, adjustment included', () => {
    expect(ask({})).toEqual({
      function: 'TIME_SERIES_INTRADAY',
      symbol: 'IBM',
      interval: '5min',
      adjusted: 'false',
      outputsize: 'compact',
      datatype: 'json',
    });
    expect(ask({ adjusted: true }).adjusted).toBe('true');
  });

  it('lets a request choose hours and entitlement in place of the settings', () => {
    const regular = { ...settings, extendedHours: false, entitlement: 'delayed' } as const;
    const base = { symbol: 'IBM', interval: '5min', adjusted: false } as const;
    const chosen = { ...base, extendedHours: true, entitlement: 'realtime' } as const;
    expect(Object.fromEntries(queryOf(base, regular))).toMatchObject({
      extended_hours: 'false',
      entitlement: 'delayed',
    });
    expect(Object.fromEntries(queryOf(chosen, regular))).toMatchObject({
      extended_hours: 'true',
      entitlement: 'realtime',
    });
    expect(ask({ extendedHours: false })).toMatchObject({ extended_hours: 'false' });
    expect(ask({ interval: 'daily', entitlement: 'delayed' })).toMatchObject({ entitlement: 'delayed' });
  });

  it.each([
    ['daily', false, 'TIME_SERIES_DAILY', 'compact'],
    ['daily', true, 'TIME_SERIES_DAILY_ADJUSTED', 'compact'],
    ['weekly', false, 'TIME_SERIES_WEEKLY', undefined],
    ['weekly', true, 'TIME_SERIES_WEEKLY_ADJUSTED', undefined],
    ['monthly', false, 'TIME_SERIES_MONTHLY', undefined],
    ['monthly', true, 'TIME_SERIES_MONTHLY_ADJUSTED', undefined],
  ] as const)('asks for %s bars, adjusted %s, with %s', (interval, adjusted, name, outputsize) => {
    const query = ask({ interval, adjusted });
    expect(query.function).toBe(name);
    expect(query.outputsize).toBe(outputsize);
    expect(query).not.toHaveProperty('adjusted');
    expect(query).not.toHaveProperty('interval');
  });

  it.each([
    [
      'EUR/USD',
      '5min',
      { function: 'FX_INTRADAY', from_symbol: 'EUR', to_symbol: 'USD', interval: '5min', outputsize: 'compact' },
    ],
    ['EUR/USD', 'daily', { function: 'FX_DAILY', from_symbol: 'EUR', to_symbol: 'USD', outputsize: 'compact' }],
    ['EUR/USD', 'weekly', { function: 'FX_WEEKLY', from_symbol: 'EUR', to_symbol: 'USD' }],
    ['USD/JPY', 'monthly', { function: 'FX_MONTHLY', from_symbol: 'USD', to_symbol: 'JPY' }],
    [
      'ETH/USD',
      '1min',
      { function: 'CRYPTO_INTRADAY', symbol: 'ETH', market: 'USD', interval: '1min', outputsize: 'compact' },
    ],
    ['BTC/EUR', 'daily', { function: 'DIGITAL_CURRENCY_DAILY', symbol: 'BTC', market: 'EUR' }],
    ['BTC/EUR', 'weekly', { function: 'DIGITAL_CURRENCY_WEEKLY', symbol: 'BTC', market: 'EUR' }],
    ['ETH/BTC', 'monthly', { function: 'DIGITAL_CURRENCY_MONTHLY', symbol: 'ETH', market: 'BTC' }],
  ] as const)('asks for %s %s by the function and the names of its kind', (symbol, interval, query) => {
    expect(ask({ symbol, interval })).toEqual({ ...query, datatype: 'json' });
  });

  it('asks for regular hours and for an entitlement where they are set, of stocks alone', () => {
    const chosen = { ...settings, extendedHours: false, entitlement: 'delayed' } as const;
    const query = (symbol: string, interval: BarRequest['interval']): object =>
      Object.fromEntries(queryOf({ symbol, interval, adjusted: false }, chosen));
    expect(query('IBM', '5min')).toMatchObject({ extended_hours: 'false', entitlement: 'delayed' });
    expect(query('IBM', 'daily')).toMatchObject({ entitlement: 'delayed' });
    expect(query('IBM', 'daily')).not.toHaveProperty('extended_hours');
    expect(query('EUR/USD', '5min')).not.toHaveProperty('entitlement');
    expect(query('BTC/USD', '5min')).not.toHaveProperty('extended_hours');
    expect(Object.keys(ask({}))).not.toContain('extended_hours');
  });

  it('asks for a whole month unless the request chooses otherwise', () => {
    expect(ask({ month: '2024-01' })).toMatchObject({ month: '2024-01', outputsize: 'full' });
    expect(ask({ month: '2024-01', outputSize: 'compact' }).outputsize).toBe('compact');
    expect(ask({ outputSize: 'full' }).outputsize).toBe('full');
  });

  it.each([
    [{ month: '1999-12' }],
    [{ month: '2024-13' }],
    [{ month: '2024-1' }],
    [{ month: '2024-01&apikey=x' }],
    [{ month: '2024-01', interval: 'daily' }],
    [{ interval: '2min' as never }],
    [{ interval: 'constructor' as never }],
  ] satisfies [Partial<BarRequest>][])('refuses %j before anything is sent', (request) => {
    expect(() => ask(request)).toThrow(expect.objectContaining({ kind: 'configuration', reason: 'invalidRequest' }));
  });

  it('holds no key', () => {
    expect(ask({})).not.toHaveProperty('apikey');
  });
});

describe('signedUrl', () => {
  const key = new Redacted('SECRET/KEY 1');

  it.each(['https://vendor.test', 'https://vendor.test/', 'https://vendor.test/query'])(
    'finds the endpoint from %s',
    (base) => {
      const url = signedUrl(base, new URLSearchParams({ symbol: 'A=B' }), key);
      expect(url.href).toBe('https://vendor.test/query?symbol=A%3DB&apikey=SECRET%2FKEY+1');
    },
  );

  it('takes an endpoint as it is given', () => {
    expect(signedUrl('http://127.0.0.1:1/av', new URLSearchParams(), key).pathname).toBe('/av');
  });

  it.each(['', 'vendor.test', 'file:///etc'])('refuses %j as a base without showing the key', (base) => {
    try {
      signedUrl(base, new URLSearchParams(), key);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ServiceError);
      expect(error).toMatchObject({ kind: 'configuration', reason: 'invalidBaseUrl' });
      expect(inspect(error)).not.toContain('SECRET');
    }
  });
});
