import type { Series } from '@quantumtrade/shared-types';
import { expect, it } from 'vitest';
import { NewSeries } from './new-series.ts';

const series: Series = { symbol: 'IBM', interval: '5min', source: 'fake', adjustment: 'raw' };

it('knows of a new series, once, that nothing is before its first bars', () => {
  const known = new NewSeries();
  known.stored(series, 1000, true);
  expect(known.hasNothingBefore({ ...series, symbol: 'MSFT' }, 1000)).toBe(false);
  expect(known.hasNothingBefore(series, 1000)).toBe(true);
  expect(known.hasNothingBefore(series, 1000)).toBe(false);
});

it('knows nothing of an instant after the first bar, or of a series that was stored before', () => {
  const known = new NewSeries();
  known.stored(series, 1000, true);
  expect(known.hasNothingBefore(series, 1001)).toBe(false);
  known.stored(series, 1000, true);
  known.stored(series, 500, false);
  expect(known.hasNothingBefore(series, 1000)).toBe(false);
});
