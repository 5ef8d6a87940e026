import { describe, expect, it } from 'vitest';
import { barChart, shortNumber } from './chart.ts';

const bar = (label: string, value: number) => ({ label, value, from: value * 0.9, to: value });
const widthsIn = (svg: string): number[] =>
  [...svg.matchAll(/<rect x[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));

describe('barChart', () => {
  it('draws each bar in proportion to the largest of its panel', () => {
    const svg = barChart('T', [{ title: 'P', bars: [bar('whole', 2000), bar('half', 1000)] }], 'note');
    const [whole = 0, half = 0] = widthsIn(svg);
    expect(whole).toBeGreaterThan(0);
    expect(half).toBeCloseTo(whole / 2);
  });

  it('gives each panel a scale of its own', () => {
    const svg = barChart(
      'T',
      [
        { title: 'A', bars: [bar('a', 10)] },
        { title: 'B', bars: [bar('b', 10_000)] },
      ],
      'note',
    );
    const [a, b] = widthsIn(svg);
    expect(a).toBe(b);
  });

  it('writes names as text, never as markup', () => {
    const svg = barChart('a < b', [{ title: '"P"', bars: [bar('x & y', 1)] }], 'n');
    expect(svg).toContain('a &lt; b');
    expect(svg).toContain('x &amp; y');
    expect(svg).not.toContain('x & y');
  });
});

describe('shortNumber', () => {
  it.each([
    [789, '789'],
    [45_640, '45.6 k'],
    [999_400, '999 k'],
    [1_234_567, '1.23 M'],
  ])('writes %d as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});
