import { type RawBarRow, rawBarsFromRows } from '@quantumtrade/shared-types';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QualityProcessor } from './quality-processor.ts';
import type { QualitySettings } from './quality-settings.ts';

const Exact = Decimal.clone({ precision: 200 });

const defaults: QualitySettings = {
  // Every row is quarantined unless it is flawless, so that its rules show.
  minQualityScore: 100,
  enableValidation: true,
  maxPriceDeviationPercent: 10,
  minVolumeThreshold: 1000,
  enableDeduplication: true,
};

type Judgement = { readonly score: number; readonly rules: readonly string[] };
const flawless: Judgement = { score: 100, rules: [] };

/** Judges rows of one payload; `undefined` labels are made up, one minute each. */
function judge(rows: readonly Omit<RawBarRow, 'label'>[], overrides: Partial<QualitySettings> = {}): Judgement[] {
  const label = (i: number) => new Date(Date.UTC(2024, 0, 2) + i * 60_000).toISOString().slice(0, 19);
  const raw = rawBarsFromRows(
    {
      series: { symbol: 'TEST', interval: '1min', source: 'test', adjustment: 'raw' },
      timeZone: 'UTC',
      barLabel: 'start',
    },
    rows.map((row, i) => ({ label: label(i), ...row })),
  );
  const result = new QualityProcessor({ settings: { ...defaults, ...overrides } }).process(raw);
  const quarantined = new Map(result.quarantined.map((bar) => [bar.label, bar]));
  return rows.map((_, i) => {
    const bar = quarantined.get(label(i));
    return bar ? { score: bar.qualityScore, rules: bar.brokenRules } : flawless;
  });
}

/** The rules in the words of the requirements, slowly. */
function reference(row: Omit<RawBarRow, 'label'>, percent: string, minVolume: string): Judgement {
  const [open, high, low, close] = [row.open, row.high, row.low, row.close].map((text) => new Exact(text ?? ''));
  if (!open || !high || !low || !close) throw new Error('four prices are needed');
  const rules: string[] = [];
  let score = 100;
  const lose = (rule: string, points: number, when: boolean) => {
    if (!when) return;
    rules.push(rule);
    score -= points;
  };
  lose('high_below_low', 50, high.lt(low));
  lose('open_outside_range', 20, open.lt(low) || open.gt(high));
  lose('close_outside_range', 20, close.lt(low) || close.gt(high));
  lose(
    'non_positive_price',
    50,
    [open, high, low, close].some((price) => price.lte(0)),
  );
  lose('low_volume', 10, row.volume !== undefined && new Exact(row.volume).lt(minVolume));
  lose('excessive_deviation', 15, open.gt(0) && close.minus(open).abs().times(100).gt(open.times(percent)));
  return { score: Math.max(0, score), rules };
}

const good = { open: '100', high: '110', low: '90', close: '105', volume: '1000' };

describe('scoring', () => {
  it.each<[string, Partial<RawBarRow>, Judgement]>([
    ['nothing', {}, flawless],
    [
      'a high below the low',
      { high: '89.99', low: '90', open: '90', close: '90' },
      { score: 10, rules: ['high_below_low', 'open_outside_range', 'close_outside_range'] },
    ],
    ['an open above the high', { open: '110.01' }, { score: 80, rules: ['open_outside_range'] }],
    ['an open below the low', { open: '89.99', close: '90' }, { score: 80, rules: ['open_outside_range'] }],
    ['a close above the high', { close: '110', high: '109.9999' }, { score: 80, rules: ['close_outside_range'] }],
    ['a close below the low', { close: '95', low: '95.01' }, { score: 80, rules: ['close_outside_range'] }],
    ['a low of zero', { low: '0' }, { score: 50, rules: ['non_positive_price'] }],
    ['a negative low', { low: '-37.63' }, { score: 50, rules: ['non_positive_price'] }],
    ['the smallest positive low', { low: '0.000000000000000001' }, flawless],
    ['a volume just below the threshold', { volume: '999.999999999999999999' }, { score: 90, rules: ['low_volume'] }],
    ['a volume of zero', { volume: '0' }, { score: 90, rules: ['low_volume'] }],
    ['a negative volume', { volume: '-5' }, { score: 90, rules: ['low_volume'] }],
    ['no volume at all in the series', { volume: undefined as never }, flawless],
    ['a move up of exactly 10 %', { close: '110' }, flawless],
    ['a move down of exactly 10 %', { close: '90' }, flawless],
    [
      'a move up of a hair more than 10 %',
      { close: '110.000000000000000001', high: '111' },
      { score: 85, rules: ['excessive_deviation'] },
    ],
    [
      'a move down of a hair more than 10 %',
      { close: '89.999999999999999999', low: '89' },
      { score: 85, rules: ['excessive_deviation'] },
    ],
    [
      'a negative open, whose move means nothing',
      { open: '-1', low: '-2' },
      { score: 50, rules: ['non_positive_price'] },
    ],
    [
      'an open of zero, whose move means nothing',
      { open: '0', low: '0' },
      { score: 50, rules: ['non_positive_price'] },
    ],
    [
      'everything',
      { open: '1', high: '-5', low: '-4', close: '2', volume: '1' },
      {
        score: 0,
        rules: [
          'high_below_low',
          'open_outside_range',
          'close_outside_range',
          'non_positive_price',
          'low_volume',
          'excessive_deviation',
        ],
      },
    ],
  ])('takes its points for %s', (_, change, expected) => {
    expect(judge([{ ...good, ...change }])).toEqual([expected]);
  });

  it('is exact where doubles are not: 0.3 is exactly 50 % above 0.2 and 10 % of 1.1 is 0.11', () => {
    const flat = { high: '9', low: '0.01', volume: '1000' };
    expect(judge([{ ...flat, open: '0.2', close: '0.3' }], { maxPriceDeviationPercent: 50 })).toEqual([flawless]);
    expect(judge([{ ...flat, open: '1.1', close: '1.21' }])).toEqual([flawless]);
  });

  it('takes thresholds as exact decimals, also from numbers', () => {
    const row = { ...good, close: '100.1', volume: '0.1' };
    expect(judge([row], { maxPriceDeviationPercent: 0.1, minVolumeThreshold: 0.1 })).toEqual([flawless]);
    expect(
      judge([row], { maxPriceDeviationPercent: '0.099999999999999999', minVolumeThreshold: '0.100000000000000001' }),
    ).toEqual([{ score: 75, rules: ['low_volume', 'excessive_deviation'] }]);
  });

  it('agrees with a slow reference on prices and volumes of every size, near the limits and far from them', () => {
    const size = fc.constantFrom(4, 9, 15, 16, 17, 30);
    const price = fc.tuple(size, fc.integer({ min: 0, max: 14 })).chain(([digits, scale]) => {
      const max = 10n ** BigInt(digits);
      return fc.bigInt({ min: -max / 20n, max }).map((units) => ({ units, scale }));
    });
    const text = (units: bigint, scale: number) => new Exact(units.toString()).div(new Exact(10).pow(scale)).toFixed();
    const row = fc
      .record({
        open: price,
        nudge: fc.constantFrom(-1n, 0n, 1n, 7n),
        sign: fc.constantFrom(-1n, 1n),
        spread: fc.constantFrom(0n, 1n, 1000n),
        volume: fc.constantFrom('0', '999', '999.9', '1000', '1000.1', '1000000000000000000', '-1'),
        wild: fc.option(price, { nil: undefined }),
      })
      .map(({ open, nudge, sign, spread, volume, wild }) => {
        const { scale } = open;
        const opened = open.units * 40n;
        const closed = opened + (sign * opened) / 8n + nudge;
        const [bottom, top] = opened < closed ? [opened, closed] : [closed, opened];
        return {
          open: text(opened, scale),
          high: wild ? text(wild.units, wild.scale) : text(top + spread, scale),
          low: text(bottom - spread, scale),
          close: text(closed, scale),
          volume,
        };
      })
      // Beyond 20 digits a value is not kept at all, which is another rule's business.
      .filter(({ open, high, low, close }) =>
        [open, high, low, close].every((value) => new Exact(value).abs().lt('1e20')),
      );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('12.5', '0', '10', '12.500000000000000001', '12.499999999999999999'),
        fc.constantFrom('1000', '999.95', '0', '99999999999999999999'),
        (rows, percent, minVolume) => {
          const settings = { maxPriceDeviationPercent: percent, minVolumeThreshold: minVolume };
          expect(judge(rows, settings)).toEqual(rows.map((each) => reference(each, percent, minVolume)));
        },
      ),
      { numRuns: 1500 },
    );
  });
});
