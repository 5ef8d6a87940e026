import {
  type BarField,
  barTextAt,
  type ProcessedBars,
  type RawBarRow,
  type RawBars,
  type RawBarsHeader,
  rawBarsFromRows,
} from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { QualityProcessor } from './quality-processor.ts';
import type { QualitySettings } from './quality-settings.ts';

const defaults: QualitySettings = {
  minQualityScore: 70,
  enableValidation: true,
  maxPriceDeviationPercent: 10,
  minVolumeThreshold: 1000,
  enableDeduplication: true,
};

const intraday: RawBarsHeader = {
  series: { symbol: 'IBM', interval: '5min', source: 'alpha_vantage', adjustment: 'raw' },
  timeZone: 'America/New_York',
  barLabel: 'start',
  lastRefreshed: '2024-01-02 19:55:00',
};
const daily: RawBarsHeader = { ...intraday, series: { ...intraday.series, interval: 'daily' } };

const good = { open: '100.5', high: '101', low: '100.0', close: '100.75', volume: '5000' };
const at = (label: string, change: Partial<Record<BarField, string>> = {}): RawBarRow => ({
  label,
  ...good,
  ...change,
});

function run(
  rows: readonly RawBarRow[],
  settings: Partial<QualitySettings> = {},
  header: Partial<RawBarsHeader> = {},
): ProcessedBars {
  const processor = new QualityProcessor({ settings: { ...defaults, ...settings } });
  return processor.process(rawBarsFromRows({ ...intraday, ...header }, rows));
}

function openTimes(result: ProcessedBars): string[] {
  return [...result.accepted.openTime].map((instant) => new Date(instant).toISOString());
}

describe('the range of a payload', () => {
  const processor = new QualityProcessor({ settings: defaults });
  const rangeOf = (...labels: readonly string[]) =>
    processor.rangeOf(
      rawBarsFromRows(
        intraday,
        labels.map((label) => at(label)),
      ),
    );

  it('is that of its bars, whichever end comes first', () => {
    const labels = ['2024-01-02 09:30:00', '2024-01-02 09:35:00', '2024-01-03 09:30:00'];
    const expected = { first: Date.UTC(2024, 0, 2, 14, 30), last: Date.UTC(2024, 0, 3, 14, 30) };
    expect(rangeOf(...labels)).toEqual(expected);
    expect(rangeOf(...labels.toReversed())).toEqual(expected);
    expect(rangeOf('2024-01-02 09:30:00')).toEqual({ first: expected.first, last: expected.first });
  });

  it('is not known where there is no bar, or an end that cannot be read', () => {
    expect(rangeOf()).toBeUndefined();
    expect(rangeOf('2024-01-02 09:30:00', 'tomorrow')).toBeUndefined();
    expect(rangeOf('2024-02-30 09:30:00', '2024-03-01 09:30:00')).toBeUndefined();
  });
});

describe('accepted bars', () => {
  it('are columns of exact values, oldest first, with the series they belong to', () => {
    const result = run([
      at('2024-01-02 09:40:00', { close: '100.7500', volume: '1000' }),
      at('2024-01-02 09:35:00', { low: '99.123456', volume: '999' }),
      at('2024-01-02 09:30:00'),
    ]);
    const { accepted } = result;
    expect(result).toMatchObject({ collected: 3, duplicates: 0, quarantined: [], qualityScore: 290 / 3 });
    expect(accepted).toMatchObject({ series: intraday.series, barLabel: 'start', length: 3 });
    expect(accepted.lastRefreshed).toBe('2024-01-02 19:55:00');
    expect(openTimes(result)).toEqual([
      '2024-01-02T14:30:00.000Z',
      '2024-01-02T14:35:00.000Z',
      '2024-01-02T14:40:00.000Z',
    ]);
    expect([...accepted.sessionDate]).toEqual([19_724, 19_724, 19_724]);
    expect([...accepted.qualityScore]).toEqual([100, 90, 100]);
    expect(barTextAt(accepted, 1)).toEqual({
      open: '100.5',
      high: '101',
      low: '99.123456',
      close: '100.75',
      adjustedClose: undefined,
      volume: '999',
    });
    expect(accepted.open.units).toBeInstanceOf(Float64Array);
    expect(accepted.close).toEqual({ scale: 6, units: Float64Array.of(100_750_000, 100_750_000, 100_750_000) });
  });

  it('come out in the same order whatever the order of the payload', () => {
    const rows = ['09:30', '09:35', '09:40', '09:45'].map((time, i) => at(`2024-01-02 ${time}`, { volume: `${i}500` }));
    const [first, second, third, fourth] = rows as [RawBarRow, RawBarRow, RawBarRow, RawBarRow];
    const expected = run(rows);
    expect(run([fourth, third, second, first])).toEqual(expected);
    expect(run([third, first, fourth, second])).toEqual(expected);
  });

  it('keep 14 decimals and volumes of 10^18', () => {
    const exact = {
      open: '298.85821743109733',
      high: '299.00000000000001',
      low: '298',
      close: '298.5',
      volume: '1000000000000000001',
    };
    const { accepted, quarantined } = run([at('2024-01-02 09:30', { ...exact, adjustedClose: '0.00000000000000001' })]);
    expect(quarantined).toEqual([]);
    expect(barTextAt(accepted, 0)).toEqual({ ...exact, adjustedClose: '0.00000000000000001' });
    expect(accepted.volume).toEqual({ scale: 0, units: [1_000_000_000_000_000_001n] });
    expect(accepted.adjustedClose).toEqual({ scale: 17, units: Float64Array.of(1) });
  });

  it('are safe integers where only rejected rows needed more', () => {
    const { accepted, quarantined } = run([
      at('2024-01-02 09:30'),
      at('2024-01-02 09:35', { close: '99999999999999999999' }),
    ]);
    expect(quarantined).toHaveLength(1);
    expect(accepted.close.units).toEqual(Float64Array.of(10_075));
  });

  it('have no volume and no adjusted close where the series has none', () => {
    const { volume: _, ...prices } = good;
    const { accepted } = run([{ label: '2024-01-02 09:30', ...prices }]);
    expect([accepted.length, accepted.volume, accepted.adjustedClose]).toEqual([1, undefined, undefined]);
    expect([...accepted.qualityScore]).toEqual([100]);
  });

  it('may have no rows at all', () => {
    const result = run([]);
    expect(result).toMatchObject({ collected: 0, duplicates: 0, quarantined: [], qualityScore: 0 });
    expect(result.accepted).toMatchObject({ length: 0, openTime: new Float64Array(0) });
  });
});

describe('open times', () => {
  it('of end-labelled intraday bars are one interval before the label', () => {
    const result = run([at('2024-01-02 09:35'), at('2024-03-10 03:00')], {}, { barLabel: 'end' });
    expect(openTimes(result)).toEqual(['2024-01-02T14:30:00.000Z', '2024-03-10T06:55:00.000Z']);
    expect(result.accepted.barLabel).toBe('end');
  });

  it.each(['start', 'end'] as const)(
    'of days are New York midnight of the vendor’s date, with %s labels too',
    (barLabel) => {
      const result = run([at('2024-01-02'), at('2024-07-02')], {}, { ...daily, timeZone: 'Asia/Kolkata', barLabel });
      expect(openTimes(result)).toEqual(['2024-01-02T05:00:00.000Z', '2024-07-02T04:00:00.000Z']);
      expect([...result.accepted.sessionDate]).toEqual([19_724, 19_906]);
    },
  );

  it.each(['weekly', 'monthly'] as const)('of %s bars follow the same rule and have no time part', (interval) => {
    const result = run([at('2024-01-31'), at('2024-02-29 00:00:00')], {}, { series: { ...daily.series, interval } });
    expect(openTimes(result)).toEqual(['2024-01-31T05:00:00.000Z']);
    expect(result.quarantined).toMatchObject([{ label: '2024-02-29 00:00:00', brokenRules: ['malformed_time'] }]);
  });

  it('follow the zone over both changes of the clocks without hole or overlap', () => {
    const hours = ['00:00', '01:00', '03:00', '04:00'];
    const spring = run(hours.map((hour) => at(`2024-03-10 ${hour}`)));
    expect(openTimes(spring).map((text) => text.slice(11, 13))).toEqual(['05', '06', '07', '08']);
    const autumn = run(['00:00', '01:00', '02:00'].map((hour) => at(`2024-11-03 ${hour}`)));
    expect(openTimes(autumn).map((text) => text.slice(11, 13))).toEqual(['04', '07']);
    expect(autumn.quarantined).toMatchObject([{ label: '2024-11-03 01:00', brokenRules: ['ambiguous_time'] }]);
  });

  describe('on hosts in other zones', () => {
    afterEach(() => {
      vi.unstubAllEnvs();
    });

    it.each(['Asia/Tokyo', 'America/New_York', 'Australia/Lord_Howe'])('are the same in %s', (hostZone) => {
      const rows = [at('2024-03-10 01:59'), at('2024-03-10 02:30'), at('2024-07-02 09:30')];
      vi.stubEnv('TZ', 'UTC');
      const expected = run(rows);
      vi.stubEnv('TZ', hostZone);
      expect(new Date(0).getTimezoneOffset()).not.toBe(0);
      expect(run(rows)).toEqual(expected);
      expect(expected).toMatchObject({ accepted: { length: 2 }, quarantined: [{ brokenRules: ['nonexistent_time'] }] });
    });
  });
});

describe('quarantine', () => {
  it('keeps the vendor’s own text of rows that score too low, with every rule they broke', () => {
    const bad = { open: ' 101.50', high: '99.0', low: '1e2', close: '+100', volume: '0007' };
    const result = run([at('2024-01-02 09:30'), { label: '2024-01-02T09:35', ...bad }]);
    expect(result.quarantined).toEqual([
      {
        label: '2024-01-02T09:35',
        values: bad,
        qualityScore: 0,
        brokenRules: ['high_below_low', 'open_outside_range', 'close_outside_range', 'low_volume'],
      },
    ]);
    expect(result).toMatchObject({ collected: 2, accepted: { length: 1 }, qualityScore: 50 });
  });

  it('lists rows in the order of the payload, whatever the reason', () => {
    const labels = ['2024-01-02 09:40', '2024-01-02 09:35', 'x', '2024-01-02 09:35', '2024-01-02 09:30'];
    const result = run(labels.map((label, i) => at(label, { low: `-${i}` })));
    expect(result.quarantined.map((bar) => [bar.label, bar.values.low])).toEqual(
      labels.map((label, i) => [label, `-${i}`]),
    );
  });

  it('begins below the minimum score, not at it', () => {
    const rows = [at('2024-01-02 09:30', { close: '115', volume: '1' })];
    // Outside the range (20) and of too little volume (10) and of too large a move (15).
    expect(run(rows, { minQualityScore: 55 }).accepted.length).toBe(1);
    expect(run(rows, { minQualityScore: 55.5 }).quarantined).toMatchObject([{ qualityScore: 55 }]);
  });

  it('takes rows that cannot be converted with score 0, each rule once, label first', () => {
    const { close: _, ...withoutClose } = good;
    const result = run([
      at('2024-01-02 25:00', { open: 'x', high: '1e30', low: 'NaN', volume: '1' }),
      { label: '2024-01-02 09:35', ...withoutClose },
      at('2024-01-02 09:40'),
      at('2024-01-02 09:45', { volume: '1e400' }),
      at('1850-01-02 09:30'),
    ]);
    expect(result.quarantined).toEqual([
      {
        label: '2024-01-02 25:00',
        values: { ...good, open: 'x', high: '1e30', low: 'NaN', volume: '1' },
        qualityScore: 0,
        brokenRules: ['malformed_time', 'malformed_number', 'value_not_exact'],
      },
      { label: '2024-01-02 09:35', values: withoutClose, qualityScore: 0, brokenRules: ['missing_value'] },
      {
        label: '2024-01-02 09:45',
        values: { ...good, volume: '1e400' },
        qualityScore: 0,
        brokenRules: ['malformed_number'],
      },
      { label: '1850-01-02 09:30', values: good, qualityScore: 0, brokenRules: ['time_out_of_range'] },
    ]);
    expect(result).toMatchObject({ collected: 5, accepted: { length: 1 }, qualityScore: 20 });
  });

  it('takes all rows of a payload without one of the prices, and those that lack a value others have', () => {
    const { high: _, ...withoutHigh } = good;
    const rows = [{ label: '2024-01-02 09:30', ...withoutHigh }];
    expect(run(rows).quarantined).toMatchObject([{ values: withoutHigh, brokenRules: ['missing_value'] }]);
    const adjusted = run([at('2024-01-02 09:30', { adjustedClose: '1' }), at('2024-01-02 09:35')]);
    expect(adjusted.quarantined).toMatchObject([{ label: '2024-01-02 09:35', brokenRules: ['missing_value'] }]);
  });

  it('takes intraday rows of an unknown zone; days do not need it', () => {
    expect(run([at('2024-01-02 09:30')], {}, { timeZone: 'Mars/Olympus' }).quarantined).toMatchObject([
      { qualityScore: 0, brokenRules: ['unknown_time_zone'] },
    ]);
    expect(run([at('2024-01-02')], {}, { ...daily, timeZone: 'Mars/Olympus' }).accepted.length).toBe(1);
  });

  it('of quality is empty without validation, but what cannot be converted still goes there', () => {
    const worst = at('2024-01-02 09:30', { high: '-5', low: '9', volume: '0' });
    const result = run([worst, at('2024-01-02 09:35', { open: 'x' })], {
      enableValidation: false,
      minQualityScore: 100,
    });
    expect([...result.accepted.qualityScore]).toEqual([100]);
    expect(result.quarantined).toMatchObject([{ qualityScore: 0, brokenRules: ['malformed_number'] }]);
    expect(result.qualityScore).toBe(50);
  });
});

describe('repeats', () => {
  it('with the same values are duplicates, however they are written', () => {
    const result = run([
      at('2024-01-02 09:30:00'),
      at('2024-01-02T09:30', { open: '100.5000', high: '+101', low: '1e2', volume: '5000.0' }),
      at('2024-01-02 09:30:00'),
    ]);
    expect(result).toMatchObject({ collected: 3, accepted: { length: 1 }, duplicates: 2, quarantined: [] });
  });

  it.each<[BarField, string]>([
    ['open', '100.6'],
    ['high', '101.1'],
    ['low', '99.9'],
    ['close', '100.8'],
    ['adjustedClose', '100.8'],
    ['volume', '5000.1'],
  ])('with another %s are quarantined; the first row stays', (field, otherValue) => {
    const first = at('2024-01-02 09:30', { adjustedClose: '100.75' });
    const other = { ...first, [field]: otherValue };
    const result = run([first, other, first]);
    expect(result).toMatchObject({ collected: 3, accepted: { length: 1 }, duplicates: 1 });
    expect(Number(barTextAt(result.accepted, 0)[field])).toBe(Number(first[field]));
    expect(result.quarantined).toMatchObject([
      { values: { [field]: otherValue }, brokenRules: ['conflicting_duplicate'] },
    ]);
  });

  it('of a conflicting row are duplicates of it, wherever they stand', () => {
    const [first, second, third] = ['1', '2', '3'].map((volume) => at('2024-01-02 09:30', { volume }));
    const rows = [first, second, third, second, first, third].filter((row) => row !== undefined);
    const result = run([...rows, at('2024-01-02 09:35', { volume: '2' }), at('2024-01-02 09:35', { volume: '3' })]);
    expect(result).toMatchObject({ collected: 8, accepted: { length: 2 }, duplicates: 3 });
    expect(result.quarantined.map(({ label, values }) => `${label} ${values.volume}`)).toEqual([
      '2024-01-02 09:30 2',
      '2024-01-02 09:30 3',
      '2024-01-02 09:35 3',
    ]);
  });

  it('are told apart beyond the precision of a double', () => {
    const wide = (volume: string) => at('2024-01-02 09:30', { volume });
    const result = run([wide('9007199254740993'), wide('9007199254740992'), wide('9007199254740993.0')]);
    expect(result).toMatchObject({ duplicates: 1, quarantined: [{ values: { volume: '9007199254740992' } }] });
  });

  it('that conflict name their own broken rules after it and do not count in the mean', () => {
    const result = run([at('2024-01-02 09:30'), at('2024-01-02 09:30', { volume: '1' })]);
    expect(result.quarantined).toMatchObject([
      { qualityScore: 90, brokenRules: ['conflicting_duplicate', 'low_volume'] },
    ]);
    expect(result.qualityScore).toBe(100);
  });

  it('of a bar that scores too low are duplicates, and a better row does not take its place', () => {
    const bad = at('2024-01-02 09:30', { high: '50' });
    const result = run([bad, bad, at('2024-01-02 09:30')]);
    expect(result).toMatchObject({ collected: 3, accepted: { length: 0 }, duplicates: 1 });
    expect(result.quarantined.map((bar) => bar.brokenRules[0])).toEqual(['high_below_low', 'conflicting_duplicate']);
  });

  it('of a row that cannot be converted are no repeats', () => {
    const garbage = at('2024-01-02 09:30', { open: 'x' });
    const result = run([garbage, garbage, at('2024-01-02 09:30')]);
    expect(result).toMatchObject({ accepted: { length: 1 }, duplicates: 0, quarantined: { length: 2 } });
  });

  it('are all quarantined without deduplication', () => {
    const row = at('2024-01-02 09:30');
    const result = run([row, row, at('2024-01-02 09:30', { close: '100.9' })], { enableDeduplication: false });
    expect(result).toMatchObject({ collected: 3, accepted: { length: 1 }, duplicates: 0 });
    expect(result.quarantined.map((bar) => bar.brokenRules)).toEqual([
      ['conflicting_duplicate'],
      ['conflicting_duplicate'],
    ]);
  });
});

describe('the law: every row ends in exactly one place', () => {
  const label = fc.constantFrom(
    ...['2024-01-02 09:30:00', '2024-01-02 09:30', '2024-01-02T09:30', '2024-01-02 09:35', '2024-03-10 02:30'],
    ...['2024-11-03 01:30', '1850-01-02 09:30', '2024-01-02', '2023-02-29 09:30', '__proto__', '', 'constructor'],
  );
  const value = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('1', '1.0', '1.0000', '1.05', '-1', '0', '9007199254740993', '1.00000000000001'),
    },
    { weight: 1, arbitrary: fc.constantFrom('NaN', '1e400', '', '1e-30', '0x1', 'null') },
    { weight: 1, arbitrary: fc.string() },
  );
  const row = fc
    .record({ label, open: value, high: value, low: value, close: value })
    .chain((prices) =>
      fc.constantFrom(undefined, '5000', '5000.0', '1', 'x').map((volume) => ({ ...prices, volume: volume ?? '' })),
    );
  const likely = fc.record({ label, volume: fc.constantFrom('5000', '1') }).map((start) => ({
    ...start,
    ...{ open: '1', high: '1.0', low: '1', close: '1' },
  }));
  const rows = fc.array(fc.oneof(row, likely), { maxLength: 40 });
  const settings = fc.record({ enableValidation: fc.boolean(), enableDeduplication: fc.boolean() });

  it('holds for any payload, and accepted keys are unique and ascending', () => {
    fc.assert(
      fc.property(rows, settings, (payload, chosen) => {
        const result = run(payload, chosen);
        const { accepted, duplicates, quarantined } = result;
        expect(result.collected).toBe(payload.length);
        expect(accepted.length + duplicates + quarantined.length).toBe(payload.length);
        if (!chosen.enableDeduplication) expect(duplicates).toBe(0);
        for (let i = 1; i < accepted.length; i++) {
          expect(accepted.openTime[i]).toBeGreaterThan(accepted.openTime[i - 1] as number);
        }
        for (const bar of quarantined) expect(bar.brokenRules.length).toBeGreaterThan(0);
        const kept = (name: string) => quarantined.filter((bar) => bar.label === name).length;
        const given = (name: string) => payload.filter((each) => each.label === name).length;
        for (const name of ['2024-03-10 02:30', '2024-11-03 01:30', '__proto__', 'constructor', '', '2024-01-02']) {
          expect(kept(name)).toBe(given(name));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds whether or not the payload is processed twice: the same input gives the same output', () => {
    fc.assert(
      fc.property(rows, (payload) => {
        const processor = new QualityProcessor({ settings: defaults });
        const raw = rawBarsFromRows(intraday, payload);
        const before = raw.text.slice();
        expect(processor.process(raw)).toEqual(processor.process(raw));
        expect(raw.text).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the score of a payload', () => {
  it('is the exact mean over a million rows', () => {
    const raw = millionMinutes();
    const result = new QualityProcessor({ settings: defaults }).process(raw);
    expect(result.accepted.length).toBe(1_000_000);
    // Every third row loses 10 points for its volume.
    expect(result.qualityScore).toBe((100 * 1_000_000 - 10 * 333_334) / 1_000_000);
  });

  it('is the same, and so is everything else, when a large payload is judged in turns with other work', async () => {
    const raw = { ...millionMinutes(), length: 40_000 };
    const processor = new QualityProcessor({ settings: defaults });
    const done = processor.processInTurns(raw);
    let othersHadATurn = false;
    setImmediate(() => {
      othersHadATurn = true;
    });
    const inTurns = await done;
    expect(othersHadATurn).toBe(true);
    expect(inTurns).toEqual(processor.process(raw));
    expect(inTurns.accepted.length).toBe(40_000);
  });

  /** One-minute bars that share the bytes of their values. */
  function millionMinutes(): RawBars {
    const length = 1_000_000;
    const days = Array.from({ length: 695 }, (_, day) =>
      new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 11),
    );
    const minutes = Array.from({ length: 1440 }, (_, minute) => new Date(minute * 60_000).toISOString().slice(11, 16));
    const labels = days.flatMap((day) => minutes.map((minute) => day + minute)).slice(0, length);
    const text = new TextEncoder().encode(`100 5000 999 ${labels.join('')}`);
    const column = (startOf: (row: number) => number, endOf: (row: number) => number) => ({
      starts: Uint32Array.from({ length }, (_, row) => startOf(row)),
      ends: Uint32Array.from({ length }, (_, row) => endOf(row)),
    });
    const price = column(
      () => 0,
      () => 3,
    );
    const volume = column(
      (row) => (row % 3 === 0 ? 9 : 4),
      (row) => (row % 3 === 0 ? 12 : 8),
    );
    const label = column(
      (row) => 13 + 16 * row,
      (row) => 29 + 16 * row,
    );
    const values = { open: price, high: price, low: price, close: price, volume };
    return { ...intraday, timeZone: 'UTC', text, length, label, values };
  }
});

describe('settings', () => {
  it.each<[string, Partial<QualitySettings>]>([
    ['minQualityScore', { minQualityScore: Number.NaN }],
    ['minQualityScore', { minQualityScore: 101 }],
    ['minQualityScore', { minQualityScore: -1 }],
    ['maxPriceDeviationPercent', { maxPriceDeviationPercent: 'ten' }],
    ['maxPriceDeviationPercent', { maxPriceDeviationPercent: -0.1 }],
    ['minVolumeThreshold', { minVolumeThreshold: Number.POSITIVE_INFINITY }],
    ['minVolumeThreshold', { minVolumeThreshold: '' }],
    ['minVolumeThreshold', { minVolumeThreshold: '1e-19' }],
  ])('%s is refused by name when it makes no sense: %j', (name, change) => {
    expect(() => new QualityProcessor({ settings: { ...defaults, ...change } })).toThrowError(
      expect.objectContaining({
        kind: 'configuration',
        reason: 'invalidSetting',
        message: expect.stringMatching(new RegExp(`^${name} .* is refused: give `)),
      }),
    );
  });
});
