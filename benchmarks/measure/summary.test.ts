import { describe, expect, it } from 'vitest';
import { quantile, spread, summary } from './summary.ts';

describe('summary', () => {
  it('gives the median and both ends, whatever the order', () => {
    expect(summary([30, 10, 20])).toEqual({ median: 20, lowest: 10, highest: 30 });
  });

  it('takes the middle of the two middle values of an even number', () => {
    expect(summary([4, 1, 2, 10]).median).toBe(3);
  });

  it('is not a number of nothing', () => {
    expect(summary([]).median).toBeNaN();
  });

  it('is written with its spread', () => {
    expect(spread(summary([1, 2, 4]), 1)).toBe('2.0 (1.0 to 4.0)');
  });
});

describe('quantile', () => {
  it('lies between two values where it falls between them', () => {
    expect(quantile([0, 10, 20, 30, 40], 0.9)).toBeCloseTo(36);
    expect(quantile([0, 10, 20, 30, 40], 1)).toBe(40);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});
