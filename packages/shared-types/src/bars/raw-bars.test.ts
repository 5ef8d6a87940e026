import { describe, expect, it } from 'vitest';
import { type RawBarRow, type RawBarsHeader, rawBarsFromRows, textAt } from './raw-bars.ts';

const header: RawBarsHeader = {
  series: { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' },
  timeZone: 'America/New_York',
  barLabel: 'start',
  lastRefreshed: '2024-01-03',
};

const fields = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const;

describe('rawBarsFromRows', () => {
  it('keeps every text in the order of the rows', () => {
    const rows: readonly RawBarRow[] = [
      { label: '2024-01-03', open: '1.10', high: '2', low: '0.5', close: '1', adjustedClose: '0.9', volume: '100' },
      { label: '2024-01-02', open: '1e400', high: ' 7 ', low: 'n/a', close: '-1', adjustedClose: '0', volume: '007' },
    ];
    const raw = rawBarsFromRows(header, rows);
    expect(raw).toMatchObject({ ...header, length: 2 });
    const back = rows.map((_, i) => ({
      label: textAt(raw, raw.label, i),
      ...Object.fromEntries(fields.map((field) => [field, textAt(raw, raw.values[field], i)])),
    }));
    expect(back).toEqual(rows);
  });

  it('leaves out a column that no row has', () => {
    const raw = rawBarsFromRows(header, [{ label: '2024-01-02', close: '1.0925' }]);
    expect(Object.keys(raw.values)).toEqual(['close']);
  });

  it('tells a value that one row lacks from those of its neighbours', () => {
    const raw = rawBarsFromRows(header, [
      { label: 'a', volume: '1' },
      { label: 'b' },
      { label: 'c', volume: '' },
      { label: 'd', volume: '4' },
    ]);
    const volumes = [0, 1, 2, 3].map((row) => textAt(raw, raw.values.volume, row));
    expect(volumes).toEqual(['1', undefined, undefined, '4']);
  });

  it('holds no rows at all', () => {
    const raw = rawBarsFromRows(header, []);
    expect(raw.length).toBe(0);
    expect(raw.text.length).toBe(0);
    expect(textAt(raw, raw.label, 0)).toBeUndefined();
  });
});

describe('textAt', () => {
  it.each(['é漢字🚀', '\ufeff1.5', 'a\0b', `'; DROP TABLE bars; --`, 'line\nfeed\ttab\\', ' '])(
    'gives %j back word for word',
    (text) => {
      const raw = rawBarsFromRows(header, [
        { label: 'x', close: 'before' },
        { label: text, close: text },
      ]);
      expect(textAt(raw, raw.label, 1)).toBe(text);
      expect(textAt(raw, raw.values.close, 1)).toBe(text);
    },
  );

  it('has nothing in a missing column or beyond the last row', () => {
    const raw = rawBarsFromRows(header, [{ label: 'x', close: '1' }]);
    expect(textAt(raw, raw.values.volume, 0)).toBeUndefined();
    expect(textAt(raw, raw.values.close, 1)).toBeUndefined();
  });
});
