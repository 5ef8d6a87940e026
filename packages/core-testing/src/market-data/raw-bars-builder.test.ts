import { textAt } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { rawBars } from './raw-bars-builder.ts';

describe('rawBars', () => {
  it('needs rows alone', () => {
    const raw = rawBars({ rows: [{ label: '2024-01-02', close: 'n/a' }] });
    expect(raw).toMatchObject({
      series: { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' },
      timeZone: 'America/New_York',
      barLabel: 'start',
      length: 1,
    });
    expect([textAt(raw, raw.label, 0), textAt(raw, raw.values.close, 0)]).toEqual(['2024-01-02', 'n/a']);
    expect(raw.values.open).toBeUndefined();
  });

  it('takes every field as given', () => {
    const series = { symbol: 'BTC/USD', interval: '5min', source: 'other', adjustment: 'adjusted' } as const;
    const header = { timeZone: 'UTC', barLabel: 'end', lastRefreshed: '2024-01-02 20:00:00' } as const;
    expect(rawBars({ ...series, ...header, rows: [] })).toMatchObject({ series, ...header, length: 0 });
  });
});
