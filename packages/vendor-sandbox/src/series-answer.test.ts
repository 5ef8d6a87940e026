import { describe, expect, it } from 'vitest';
import { createAlphaVantageSandbox } from './index.ts';

interface Bar {
  readonly label: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const NOW = Date.UTC(2026, 10, 20, 15, 0);

function csvLines(query: string, now: number): readonly string[] {
  const { body } = createAlphaVantageSandbox({ now: () => now }).handle({
    url: `/query?apikey=K&symbol=IBM&datatype=csv&${query}`,
  });
  return body.split('\r\n').slice(1, -1);
}

function bars(query: string, now: number = NOW): readonly Bar[] {
  return csvLines(query, now).map((line) => {
    const [label = '', ...values] = line.split(',');
    // Ten-thousandths, so that sums and comparisons are exact.
    const [open = 0, high = 0, low = 0, close = 0] = values.slice(0, 4).map((value) => Math.round(Number(value) * 1e4));
    return { label, open, high, low, close, volume: Number(values[4]) };
  });
}

function intraday(interval: string, rest = ''): string {
  return `function=TIME_SERIES_INTRADAY&interval=${interval}${rest}`;
}

function aggregate(parts: readonly Bar[]): Omit<Bar, 'label'> {
  const oldestFirst = parts.toReversed();
  return {
    open: oldestFirst[0]?.open ?? 0,
    high: Math.max(...parts.map((bar) => bar.high)),
    low: Math.min(...parts.map((bar) => bar.low)),
    close: oldestFirst.at(-1)?.close ?? 0,
    volume: parts.reduce((sum, bar) => sum + bar.volume, 0),
  };
}

function valuesOf({ open, high, low, close, volume }: Bar): Omit<Bar, 'label'> {
  return { open, high, low, close, volume };
}

describe('intraday series', () => {
  it('lists the newest 100 completed bars, newest first, labelled by their start in New York', () => {
    const found = bars(intraday('5min'));
    expect(found).toHaveLength(100);
    // 15:00 UTC is 10:00 in New York: the bar from 09:55 has just ended.
    expect(found[0]?.label).toBe('2026-11-20 09:55:00');
    expect(bars(intraday('5min'), NOW - 1)[0]?.label).toBe('2026-11-20 09:50:00');
    expect(found.map((bar) => bar.label)).toEqual(
      found
        .map((bar) => bar.label)
        .toSorted()
        .toReversed(),
    );
  });

  it('covers 04:00 to 20:00, or the regular session alone when asked', () => {
    const extended = bars(intraday('30min', '&month=2026-10&outputsize=full'));
    const regular = bars(intraday('30min', '&month=2026-10&outputsize=full&extended_hours=false'));
    const day = (list: readonly Bar[]) => list.filter((bar) => bar.label.startsWith('2026-10-01')).map((b) => b.label);
    expect(day(extended)).toHaveLength(32);
    expect([day(extended).at(-1), day(extended)[0]]).toEqual(['2026-10-01 04:00:00', '2026-10-01 19:30:00']);
    expect(day(regular)).toHaveLength(13);
    expect([day(regular).at(-1), day(regular)[0]]).toEqual(['2026-10-01 09:30:00', '2026-10-01 15:30:00']);
  });

  it('begins regular hours at 09:30, so that the last is half an hour long', () => {
    const query = intraday('60min', '&extended_hours=false&month=2026-10&outputsize=full');
    const labels = bars(query).filter((bar) => bar.label.startsWith('2026-10-01'));
    expect(labels.map((bar) => bar.label.slice(11, 16))).toEqual([
      '15:30',
      '14:30',
      '13:30',
      '12:30',
      '11:30',
      '10:30',
      '09:30',
    ]);
    expect(bars(query.replace('&month=2026-10', ''), Date.UTC(2026, 9, 1, 20, 0))[0]?.label).toBe(
      '2026-10-01 15:30:00',
    );
  });

  it('gives the trailing 30 days when full, and the whole month when one is named', () => {
    const full = bars(intraday('60min', '&outputsize=full'));
    expect(full.at(-1)?.label).toBe('2026-10-21 04:00:00');
    const month = bars(intraday('1min', '&month=2024-02&outputsize=full'));
    expect(month).toHaveLength(21 * 960);
    expect([month.at(-1)?.label, month[0]?.label]).toEqual(['2024-02-01 04:00:00', '2024-02-29 19:59:00']);
    expect(bars(intraday('1min', '&month=2024-02'))).toEqual(month.slice(0, 100));
  });

  it('joins each bar to the one before, and every interval to the minutes', () => {
    const minutes = bars(intraday('1min', '&month=2024-02&outputsize=full'));
    for (const [index, bar] of minutes.entries()) {
      const before = minutes[index + 1];
      if (before?.label.slice(0, 10) === bar.label.slice(0, 10)) {
        expect(bar.open).toBe(before.close);
      }
    }
    for (const size of [5, 15, 30, 60]) {
      const wide = bars(intraday(`${size}min`, '&month=2024-02&outputsize=full'));
      expect(wide).toHaveLength(minutes.length / size);
      expect(wide.map(valuesOf)).toEqual(
        wide.map((_bar, index) => aggregate(minutes.slice(index * size, (index + 1) * size))),
      );
    }
  });

  it('trades most at the open and the close, at least 1,000 a regular minute, and little outside', () => {
    const day = bars(intraday('1min', '&month=2024-02&outputsize=full')).slice(0, 960).toReversed();
    const regular = day.slice(330, 720).map((bar) => bar.volume);
    const outside = [...day.slice(0, 330), ...day.slice(720)].map((bar) => bar.volume);
    const total = (volumes: readonly number[]) => volumes.reduce((sum, volume) => sum + volume, 0);
    expect(Math.min(...regular)).toBeGreaterThanOrEqual(1_000);
    expect(Math.min(...outside)).toBeGreaterThan(0);
    expect(Math.max(...outside)).toBeLessThan(1_000);
    expect(total(regular.slice(0, 30))).toBeGreaterThan(total(regular.slice(180, 210)));
    expect(total(regular.slice(-30))).toBeGreaterThan(total(regular.slice(180, 210)));
  });

  it('has no bars yet at the start of a month, and says so with an empty series', () => {
    const now = Date.UTC(2026, 9, 1, 7, 0);
    expect(bars(intraday('5min', '&month=2026-10'), now)).toEqual([]);
  });
});

describe('daily series', () => {
  it('lists only sessions whose close has passed', () => {
    const before = bars('function=TIME_SERIES_DAILY', Date.UTC(2026, 10, 19, 21, 0) - 1);
    const after = bars('function=TIME_SERIES_DAILY', Date.UTC(2026, 10, 19, 21, 0));
    expect(before[0]?.label).toBe('2026-11-18');
    expect(after[0]?.label).toBe('2026-11-19');
    expect(after).toHaveLength(100);
  });

  it('goes back to 2000-01-03 when full, without weekends and the fixed holidays', () => {
    const labels = bars('function=TIME_SERIES_DAILY&outputsize=full').map((bar) => bar.label);
    expect(labels.at(-1)).toBe('2000-01-03');
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.filter((label) => [0, 6].includes(new Date(label).getUTCDay()))).toEqual([]);
    expect(labels.filter((label) => /-(01-01|07-04|12-25)$/.test(label))).toEqual([]);
    expect(labels).toContain('2024-07-05');
  });

  it('gives the same days when compact as when full', () => {
    for (const name of ['TIME_SERIES_DAILY', 'TIME_SERIES_DAILY_ADJUSTED']) {
      const full = csvLines(`function=${name}&outputsize=full`, NOW);
      expect(csvLines(`function=${name}`, NOW)).toEqual(full.slice(0, 100));
    }
  });

  it('is the sum of the regular session of its minutes', () => {
    const daily = bars('function=TIME_SERIES_DAILY', Date.UTC(2024, 2, 1));
    const minutes = bars(intraday('1min', '&month=2024-02&outputsize=full&extended_hours=false'));
    for (let day = 0; day < 21; day += 1) {
      expect(aggregate(minutes.slice(day * 390, (day + 1) * 390))).toEqual(valuesOf(daily[day] as Bar));
    }
  });
});

describe('weekly and monthly series', () => {
  const daily = bars('function=TIME_SERIES_DAILY&outputsize=full');

  it.each([
    ['TIME_SERIES_WEEKLY', (label: string) => Math.floor((Date.parse(label) / 86_400_000 + 3) / 7)],
    ['TIME_SERIES_MONTHLY', (label: string) => label.slice(0, 7)],
  ] as const)('%s aggregates the daily series exactly, under the last session of each period', (name, keyOf) => {
    const groups = [...Map.groupBy(daily, (bar) => keyOf(bar.label)).values()];
    const found = bars(`function=${name}`);
    expect(found).toEqual(groups.map((group) => ({ label: group[0]?.label, ...aggregate(group) })));
  });

  it('moves the key of the newest, partial row with each session', () => {
    const labels = [17, 18, 19].map(
      (day) => bars('function=TIME_SERIES_WEEKLY', Date.UTC(2026, 10, day, 22))[0]?.label,
    );
    expect(labels).toEqual(['2026-11-17', '2026-11-18', '2026-11-19']);
  });
});

describe('adjusted series', () => {
  interface AdjustedDay {
    readonly label: string;
    readonly close: number;
    readonly adjusted: number;
    readonly dividend: number;
    readonly split: string;
  }

  function adjustedDays(now: number): readonly AdjustedDay[] {
    return csvLines('function=TIME_SERIES_DAILY_ADJUSTED&outputsize=full', now).map((line) => {
      const [label = '', , , , close, adjusted, , dividend, split = ''] = line.split(',');
      return { label, close: Number(close), adjusted: Number(adjusted), dividend: Number(dividend), split };
    });
  }

  it('pays one dividend a quarter and scales every close before it', () => {
    const days = adjustedDays(NOW);
    expect(days[0]?.adjusted).toBe(days[0]?.close);
    expect(days.filter((day) => day.dividend > 0 && day.label.startsWith('2025'))).toHaveLength(4);
    expect(new Set(days.map((day) => day.split))).toEqual(new Set(['1.0']));
    const paid = days.findIndex((day) => day.dividend > 0);
    const before = days[paid + 1] as AdjustedDay;
    expect(days.slice(0, paid + 1).every((day) => day.adjusted === day.close)).toBe(true);
    expect(before.adjusted).toBeCloseTo(before.close - (days[paid]?.dividend ?? 0), 4);
    expect(days.at(-1)?.adjusted).toBeLessThan((days.at(-1)?.close ?? 0) * 0.9);
  });

  it('adds up the dividends of a month and takes the adjusted close of its last session', () => {
    const days = adjustedDays(NOW);
    const months = csvLines('function=TIME_SERIES_MONTHLY_ADJUSTED', NOW);
    const groups = [...Map.groupBy(days, (day) => day.label.slice(0, 7)).values()];
    expect(months.map((line) => [line.split(',')[5], line.split(',')[7]])).toEqual(
      groups.map((group) => [
        group[0]?.adjusted.toFixed(4),
        group.reduce((sum, day) => sum + day.dividend, 0).toFixed(4),
      ]),
    );
  });
});

describe('plausibility', () => {
  it.each([
    'TIME_SERIES_DAILY&outputsize=full',
    'TIME_SERIES_WEEKLY',
    'TIME_SERIES_INTRADAY&interval=1min&outputsize=full',
    'TIME_SERIES_INTRADAY&interval=60min&outputsize=full',
  ])('%s keeps low and high around open and close, and moves under a tenth in a bar and between bars', (query) => {
    const found = bars(`function=${query}`);
    const odd = found.filter((bar, index) => {
      const before = found[index + 1]?.close ?? bar.open;
      const ordered =
        bar.low > 0 && bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close);
      return !ordered || bar.high / bar.low > 1.1 || Math.abs(bar.open / before - 1) > 0.1 || bar.volume < 1;
    });
    expect(odd).toEqual([]);
  });
});

describe('formats', () => {
  it.each([
    'TIME_SERIES_INTRADAY&interval=15min',
    'TIME_SERIES_DAILY',
    'TIME_SERIES_DAILY_ADJUSTED',
    'TIME_SERIES_WEEKLY',
    'TIME_SERIES_WEEKLY_ADJUSTED',
    'TIME_SERIES_MONTHLY',
    'TIME_SERIES_MONTHLY_ADJUSTED',
  ])('%s has the same values in CSV as in JSON, in the same order', (query) => {
    const sandbox = createAlphaVantageSandbox({ now: () => NOW });
    const { body } = sandbox.handle({ url: `/query?apikey=K&symbol=IBM&function=${query}` });
    const parsed = JSON.parse(body) as Record<string, Record<string, Record<string, string>>>;
    const series = Object.values(parsed)[1] ?? {};
    const lines = Object.entries(series).map(([label, values]) => [label, ...Object.values(values)].join(','));
    expect(lines).toEqual(csvLines(`function=${query}`, NOW));
    expect(body).toBe(JSON.stringify(parsed, undefined, 4));
  });

  it('names CSV as a download', () => {
    const sandbox = createAlphaVantageSandbox({ now: () => NOW });
    const url = '/query?apikey=K&symbol=IBM&function=TIME_SERIES_INTRADAY&interval=5min&datatype=csv';
    expect(sandbox.handle({ url }).headers).toEqual({
      'content-type': 'application/x-download',
      'content-disposition': 'attachment; filename=intraday_5min_IBM.csv',
    });
  });
});

describe('daylight saving', () => {
  function firstRegularBar(utc: number): string | undefined {
    return bars(intraday('5min', '&extended_hours=false'), utc)[0]?.label;
  }

  it('opens at 14:30 UTC before clocks go forward on 2024-03-10, and at 13:30 after', () => {
    expect(firstRegularBar(Date.UTC(2024, 2, 8, 14, 34, 59))).toBe('2024-03-07 15:55:00');
    expect(firstRegularBar(Date.UTC(2024, 2, 8, 14, 35))).toBe('2024-03-08 09:30:00');
    expect(firstRegularBar(Date.UTC(2024, 2, 11, 13, 34, 59))).toBe('2024-03-08 15:55:00');
    expect(firstRegularBar(Date.UTC(2024, 2, 11, 13, 35))).toBe('2024-03-11 09:30:00');
  });

  it('opens at 13:30 UTC before clocks go back on 2024-11-03, and at 14:30 after', () => {
    expect(firstRegularBar(Date.UTC(2024, 10, 1, 13, 35))).toBe('2024-11-01 09:30:00');
    expect(firstRegularBar(Date.UTC(2024, 10, 4, 14, 34, 59))).toBe('2024-11-01 15:55:00');
    expect(firstRegularBar(Date.UTC(2024, 10, 4, 14, 35))).toBe('2024-11-04 09:30:00');
  });

  it('lists every bar of both weeks once', () => {
    for (const [month, days] of [
      ['2024-03', ['08', '11', '12']],
      ['2024-11', ['01', '04', '05']],
    ] as const) {
      const found = bars(intraday('5min', `&month=${month}&outputsize=full`));
      for (const day of days) {
        expect(found.filter((bar) => bar.label.startsWith(`${month}-${day}`))).toHaveLength(192);
      }
      expect(new Set(found.map((bar) => bar.label)).size).toBe(found.length);
    }
  });
});

describe('pairs', () => {
  const ask = (query: string): Record<string, Record<string, unknown>> => {
    const { body } = createAlphaVantageSandbox({ now: () => NOW }).handle({ url: `/query?apikey=K&${query}` });
    return JSON.parse(body) as Record<string, Record<string, unknown>>;
  };
  const fx = 'from_symbol=EUR&to_symbol=USD';
  const crypto = 'symbol=BTC&market=USD';

  it.each([
    [`function=FX_INTRADAY&${fx}&interval=5min`, 'Time Series FX (5min)', 7],
    [`function=FX_DAILY&${fx}`, 'Time Series FX (Daily)', 6],
    [`function=FX_WEEKLY&${fx}`, 'Time Series FX (Weekly)', 5],
    [`function=FX_MONTHLY&${fx}`, 'Time Series FX (Monthly)', 5],
    [`function=CRYPTO_INTRADAY&${crypto}&interval=60min`, 'Time Series Crypto (60min)', 9],
    [`function=DIGITAL_CURRENCY_DAILY&${crypto}`, 'Time Series (Digital Currency Daily)', 7],
    [`function=DIGITAL_CURRENCY_WEEKLY&${crypto}`, 'Time Series (Digital Currency Weekly)', 7],
    [`function=DIGITAL_CURRENCY_MONTHLY&${crypto}`, 'Time Series (Digital Currency Monthly)', 7],
  ])('of %s come under %s in UTC', (query, key, zoneNumber) => {
    const body = ask(query);
    expect(Object.keys(body)).toEqual(['Meta Data', key]);
    expect(body['Meta Data']).toHaveProperty([`${zoneNumber}. Time Zone`], 'UTC');
    const [row = {}] = Object.values(body[key] ?? {}) as Record<string, string>[];
    const names = ['1. open', '2. high', '3. low', '4. close', ...(query.includes('FX_') ? [] : ['5. volume'])];
    expect(Object.keys(row)).toEqual(names);
  });

  it.each([
    'function=FX_DAILY&symbol=EURUSD',
    'function=FX_DAILY&from_symbol=EUR',
    `function=FX_INTRADAY&${fx}`,
    `function=FX_INTRADAY&${fx}&interval=5min&month=2024-01`,
    'function=DIGITAL_CURRENCY_DAILY&symbol=BTC',
    'function=CRYPTO_INTRADAY&symbol=BTC/USD&market=USD&interval=5min',
  ])('are refused for %s', (query) => {
    expect(Object.keys(ask(query))).toEqual(['Error Message']);
  });
});
