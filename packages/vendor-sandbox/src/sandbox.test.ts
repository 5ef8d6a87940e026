import { describe, expect, it } from 'vitest';
import { type AlphaVantageSandbox, createAlphaVantageSandbox } from './index.ts';

const NOW = Date.UTC(2026, 10, 20, 15, 0);

function ask(sandbox: AlphaVantageSandbox, query: string): string {
  return sandbox.handle({ url: `/query?apikey=KEY&${query}` }).body;
}

function at(now: number, seed = 'sandbox'): AlphaVantageSandbox {
  return createAlphaVantageSandbox({ now: () => now, seed });
}

describe('what makes an answer', () => {
  const daily = 'function=TIME_SERIES_DAILY&symbol=IBM';

  it('gives two sandboxes with the same seed and time the same body', () => {
    expect(ask(at(NOW), daily)).toBe(ask(at(NOW), daily));
  });

  it('gives another seed or another symbol other prices', () => {
    const csv = `${daily}&datatype=csv`;
    expect(ask(at(NOW, 'other'), csv)).not.toBe(ask(at(NOW), csv));
    expect(ask(at(NOW), csv.replace('IBM', 'MSFT'))).not.toBe(ask(at(NOW), csv));
  });

  it('gives a bar the same values at any later time, whatever was asked before', () => {
    const month = 'function=TIME_SERIES_INTRADAY&symbol=IBM&interval=5min&month=2024-03&outputsize=full&datatype=csv';
    const much = at(NOW);
    ask(much, daily);
    expect(ask(much, month)).toBe(ask(at(Date.UTC(2024, 4, 1)), month));
  });

  it('prices a symbol alike in either letter case, and repeats it as it was asked', () => {
    const lower = ask(at(NOW), daily.replace('IBM', 'ibm'));
    expect(lower).toContain('"2. Symbol": "ibm"');
    expect(lower.replace('"ibm"', '"IBM"')).toBe(ask(at(NOW), daily));
  });
});

describe('requests the vendor refuses', () => {
  const cases: readonly (readonly [name: string, query: string, message: string])[] = [
    ['no function', 'apikey=K&symbol=IBM', 'This API function () does not exist.'],
    ['an unknown function', 'apikey=K&function=NOPE&symbol=IBM', 'This API function (NOPE) does not exist.'],
    ['no key', 'function=TIME_SERIES_DAILY&symbol=IBM', 'the parameter apikey is invalid or missing.'],
    ['an empty key', 'apikey=&function=TIME_SERIES_DAILY&symbol=IBM', 'the parameter apikey is invalid or missing.'],
    ['no symbol', 'apikey=K&function=TIME_SERIES_DAILY', 'for TIME_SERIES_DAILY.'],
    ['an unknown symbol', 'apikey=K&function=TIME_SERIES_WEEKLY&symbol=invalid', 'for TIME_SERIES_WEEKLY.'],
    ['a symbol that is none', 'apikey=K&function=TIME_SERIES_DAILY&symbol=A%20B', 'Invalid API call.'],
    ['no interval', 'apikey=K&function=TIME_SERIES_INTRADAY&symbol=IBM', 'for TIME_SERIES_INTRADAY.'],
    ['an odd interval', 'apikey=K&function=TIME_SERIES_INTRADAY&symbol=IBM&interval=2min', 'Invalid API call.'],
    ['an odd output size', 'apikey=K&function=TIME_SERIES_DAILY&symbol=IBM&outputsize=big', 'Invalid API call.'],
    ['an inherited name', 'apikey=K&function=TIME_SERIES_DAILY&symbol=IBM&datatype=toString', 'Invalid API call.'],
    ['a month before 2000', `${intraday('1999-12')}`, 'Invalid API call.'],
    ['a month to come', `${intraday('2026-12')}`, 'Invalid API call.'],
    ['a month that is none', `${intraday('2026-13')}`, 'Invalid API call.'],
    ['an unreadable flag', `${intraday('2026-10')}&extended_hours=yes`, 'Invalid API call.'],
  ];

  function intraday(month: string): string {
    return `apikey=K&function=TIME_SERIES_INTRADAY&symbol=IBM&interval=5min&month=${month}`;
  }

  it.each(cases)('answers %s with HTTP 200 and its error, as JSON even for CSV', (_name, query, message) => {
    const format = query.includes('datatype') ? '' : '&datatype=csv';
    const { status, headers, body } = at(NOW).handle({ url: `/query?${query}${format}` });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect((JSON.parse(body) as Record<string, string>)['Error Message']).toContain(message);
  });

  it('refuses the symbols it was told it does not know, and only those', () => {
    const sandbox = createAlphaVantageSandbox({ now: () => NOW, unknownSymbols: ['GONE'] });
    expect(ask(sandbox, 'function=TIME_SERIES_DAILY&symbol=gone')).toContain('Invalid API call.');
    expect(ask(sandbox, 'function=TIME_SERIES_DAILY&symbol=INVALID')).toContain('Time Series (Daily)');
  });

  it('answers only GET and HEAD on /query, and survives a URL it cannot read', () => {
    const sandbox = at(NOW);
    expect(sandbox.handle({ url: 'https://www.alphavantage.co/other?apikey=K' }).status).toBe(404);
    expect(sandbox.handle({ url: '/query?apikey=K', method: 'post' }).status).toBe(405);
    expect(sandbox.handle({ url: 'http://[' }).status).toBe(400);
    expect(sandbox.requests).toEqual([]);
  });

  it('takes a full URL, a path with its query, or a bare query', () => {
    const query = '?function=TIME_SERIES_DAILY&symbol=IBM&apikey=K';
    const whole = at(NOW).handle({ url: `https://www.alphavantage.co/query${query}` });
    expect(at(NOW).handle({ url: `/query${query}` })).toEqual(whole);
    expect(at(NOW).handle({ url: query })).toEqual(whole);
  });
});

describe('the record of requests', () => {
  it('holds what was asked and when, and never the key', () => {
    const sandbox = at(NOW);
    sandbox.handle({ url: '/query?function=TIME_SERIES_DAILY&symbol=IBM&apikey=TOPSECRET&ApiKey=TOPSECRET&x=1&x=2' });
    expect(sandbox.requests).toEqual([
      {
        at: NOW,
        function: 'TIME_SERIES_DAILY',
        symbol: 'IBM',
        params: { function: 'TIME_SERIES_DAILY', symbol: 'IBM', x: '1' },
      },
    ]);
    expect(JSON.stringify(sandbox.requests)).not.toContain('TOPSECRET');
  });

  it('keeps the newest 10,000 of a long run', () => {
    const sandbox = at(NOW);
    for (let index = 0; index < 10_001; index += 1) {
      sandbox.handle({ url: `/query?function=NOPE&symbol=S${index}&apikey=K` });
    }
    expect(sandbox.requests).toHaveLength(10_000);
    expect(sandbox.requests[0]?.symbol).toBe('S1');
  });
});

describe('overrides', () => {
  it('serves a recorded body to the requests that match, the newest override first', () => {
    const sandbox = at(NOW);
    sandbox.answer({ symbol: 'ibm' }, { body: 'timestamp,open\r\n' });
    sandbox.answer({ function: 'TIME_SERIES_INTRADAY', symbol: 'IBM', interval: '5min' }, { body: '{}', status: 202 });
    expect(ask(sandbox, 'function=TIME_SERIES_DAILY&symbol=IBM')).toBe('timestamp,open\r\n');
    const intraday = sandbox.handle({
      url: '/query?apikey=K&function=TIME_SERIES_INTRADAY&symbol=IBM&interval=5min',
    });
    expect(intraday).toEqual({ status: 202, headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(ask(sandbox, 'function=TIME_SERIES_DAILY&symbol=MSFT')).toContain('Time Series (Daily)');
  });

  it('keeps the headers that are given and guesses the type of the body otherwise', () => {
    const sandbox = at(NOW);
    sandbox.answer({}, { body: '<html></html>', headers: { 'X-Vendor': 'yes' } });
    const { headers } = sandbox.handle({ url: '/query?apikey=K' });
    expect(headers).toEqual({ 'content-type': 'text/html; charset=utf-8', 'x-vendor': 'yes' });
  });

  it('forgets script, record and quota on reset', () => {
    const sandbox = createAlphaVantageSandbox({ now: () => NOW, quota: { perDay: 1 } });
    const query = 'function=TIME_SERIES_DAILY&symbol=IBM';
    sandbox.answer({}, { body: '{}' });
    sandbox.refuse('IBM', 'outage');
    sandbox.refuseNext('pacing', 5);
    ask(sandbox, query);
    sandbox.reset();
    expect(sandbox.requests).toEqual([]);
    expect(ask(sandbox, query)).toContain('Time Series (Daily)');
    expect(ask(sandbox, query)).toContain('rate limit is 1 requests per day');
    sandbox.reset();
    expect(ask(sandbox, query)).toContain('Time Series (Daily)');
  });
});

describe('options', () => {
  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('refuses a latency of %s', (latencyMs) => {
    expect(() => createAlphaVantageSandbox({ latencyMs })).toThrow(RangeError);
  });
});
