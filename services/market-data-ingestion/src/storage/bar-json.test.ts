import { barBatch } from '@quantumtrade/core-testing';
import { barTextAt, brokenRulesAt } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { barAsJson, barsAsJson, barsOfJson } from './bar-json.ts';
import { sessionDateText } from './session-date.ts';

const identity = { batchId: 'a "quoted" batch', acceptedAt: 1_704_240_000_000 };

it.each([
  ['wide', '.000000000000000001'],
  ['narrow', '.1234'],
])('reads back %s bars from a row on, exactly, and prints one bar with all its fields', (_, fraction) => {
  const batch = {
    ...barBatch({
      symbol: 'IBM',
      interval: '60min',
      source: 'fake',
      adjustment: 'raw',
      rows: Array.from({ length: 40 }, (_, i) => ({
        openTime: Date.UTC(2024, 0, 2) + i * 3_600_000,
        close: `${i}${fraction}`,
        ...(i % 2 === 0 ? { volume: '12345678901234567890' } : { volume: '0' }),
      })),
    }),
    lastRefreshed: '2024-01-03 "20:00"\n',
    brokenRules: {
      combinations: [[], ['a rule', '"another"']],
      index: Uint16Array.from({ length: 40 }, (_, i) => i % 2),
    },
  };
  const printed = barsOfJson(barsAsJson(batch, identity, 5));
  expect(printed).toHaveLength(35);
  for (const [i, bar] of printed.entries()) {
    const row = i + 5;
    const expected = {
      ...batch.series,
      openTime: batch.openTime[row],
      sessionDate: sessionDateText(batch.sessionDate[row] as number),
      ...barTextAt(batch, row),
      adjustedClose: null,
      qualityScore: batch.qualityScore[row],
      brokenRules: brokenRulesAt(batch, row),
      barLabel: batch.barLabel,
      lastRefreshed: batch.lastRefreshed,
      ingestedAt: identity.acceptedAt,
      batchId: identity.batchId,
    };
    expect(bar).toEqual(expected);
    expect(JSON.parse(barAsJson(batch, identity, row))).toEqual(expected);
  }
});

describe('what another program left in the place of columns', () => {
  const batch = barBatch({
    symbol: 'IBM',
    rows: [0, 1, 2].map((i) => ({
      openTime: Date.UTC(2024, 0, 2 + i),
      close: `${i}.5`,
      volume: '12345678901234567890',
    })),
  });
  const rules = { combinations: [[], ['a rule']], index: Uint16Array.of(0, 1, 0) };
  const kept = JSON.parse(barsAsJson({ ...batch, brokenRules: rules }, identity, 0));
  const bars = (columns: unknown): number => barsOfJson(JSON.stringify({ ...kept, columns })).length;
  /** Open times, four prices, dates, places of rules and scores of three bars. */
  const starts = { openTime: 0, open: 24, close: 96, sessionDate: 120, rules: 132, qualityScore: 138, end: 141 };
  const numbers = (change: (bytes: Buffer) => void): object => {
    const bytes = Buffer.from(kept.columns.numbers, 'base64');
    change(bytes);
    return { numbers: bytes.toString('base64') };
  };
  const decimals = (change: object): object => ({ decimals: { ...kept.columns.decimals, ...change } });

  it('is read as it was written', () => {
    expect(bars(kept.columns)).toBe(3);
    expect(Buffer.from(kept.columns.numbers, 'base64')).toHaveLength(starts.end);
  });

  it.each([
    ['columns of another form', { format: 'columns 2, of another machine' }],
    ['instants that are none', numbers((bytes) => bytes.writeDoubleLE(Number.NaN, starts.openTime))],
    ['instants between two milliseconds', numbers((bytes) => bytes.writeDoubleLE(1.5, starts.openTime))],
    ['instants beyond all times', numbers((bytes) => bytes.writeDoubleLE(1e300, starts.openTime))],
    ['numbers that are shifted', { numbers: `AAAA${kept.columns.numbers}` }],
    ['numbers that nobody asks for', { numbers: `${kept.columns.numbers}AAAA` }],
    ['days beyond all times', numbers((bytes) => bytes.writeInt32LE(1e9, starts.sessionDate))],
    ['too few numbers', { numbers: kept.columns.numbers.slice(0, -4) }],
    ['no numbers', { numbers: undefined }],
    ['numbers that are none', { numbers: 7 }],
    ['more bars than numbers', { length: 4 }],
    ['fewer bars than numbers', { length: 2 }],
    ['a length below all', { length: -3 }],
    ['a length that nothing has', { length: 2 ** 40, combinations: undefined }],
    ['a length in words', { length: '3' }],
    ['no length', { length: undefined }],
    ['no prices', { decimals: undefined }],
    ['prices that are none', { decimals: null }],
    ['one price less', decimals({ open: undefined })],
    ['a price that is none', decimals({ open: null })],
    ['prices between two units', numbers((bytes) => bytes.writeDoubleLE(1.5, starts.close))],
    ['a scale in words', decimals({ close: { scale: '2' } })],
    ['a scale below all', decimals({ close: { scale: -1 } })],
    ['a scale above all', decimals({ close: { scale: 50 } })],
    ['no scale', decimals({ close: {} })],
    ['more units than bars', decimals({ volume: { scale: 0, units: ['1', '2', '3', '4'] } })],
    ['units in another notation', decimals({ volume: { scale: 0, units: ['0x10', '1', '2'] } })],
    ['units that are no texts', decimals({ volume: { scale: 0, units: [true, 1, 2] } })],
    ['more digits than any value has', decimals({ volume: { scale: 0, units: ['9'.repeat(39), '1', '2'] } })],
    ['units that are no list', decimals({ volume: { scale: 0, units: '123' } })],
    ['rules that are no lists', { combinations: 'abc' }],
    ['rules that are nothing', { combinations: null }],
    ['rules that nobody listed', numbers((bytes) => bytes.writeUInt16LE(2, starts.rules))],
  ])('gives no bars: %s', (_, columns) => {
    expect(bars({ ...kept.columns, ...columns })).toBe(0);
  });

  it.each([null, 1, 'text'.repeat(100_000), [], { more: 'of it' }])(
    'is not taken for what bars share: %#',
    (common) => {
      const read = barsOfJson(JSON.stringify({ ...kept, common })) as readonly { symbol?: string }[];
      expect(read.map((bar) => [bar.symbol, Object.keys(bar).length])).toEqual(Array(3).fill([undefined, 18]));
    },
  );

  it.each([null, 1, 'text', []])('gives no bars: %j', (columns) => {
    expect(bars(columns)).toBe(0);
  });
});
