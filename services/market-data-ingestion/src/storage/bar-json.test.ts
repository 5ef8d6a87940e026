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
  const numbers = (...values: number[]): string => Buffer.from(Float64Array.from(values).buffer).toString('base64');
  const bars = (columns: unknown): number => barsOfJson(JSON.stringify({ ...kept, columns })).length;

  it('is read as it was written', () => {
    expect(bars(kept.columns)).toBe(3);
  });

  it.each([
    ['columns of another form', { format: 'columns 1, of another machine' }],
    ['instants that are none', { openTime: numbers(Number.NaN, 1, 2) }],
    ['instants between two milliseconds', { openTime: numbers(1.5, 2, 3) }],
    ['instants beyond all times', { openTime: numbers(1e300, 1e300, 1e300) }],
    ['instants that are shifted', { openTime: `A${kept.columns.openTime}` }],
    ['days beyond all times', { sessionDate: Buffer.from(Int32Array.of(1e9, 0, 0).buffer).toString('base64') }],
    ['too few days', { sessionDate: '' }],
    ['too few scores', { qualityScore: 'AAAA'.slice(0, 2) }],
    ['no price', { open: undefined }],
    ['a price that is none', { open: null }],
    ['more prices than bars', { close: { scale: 1, units: numbers(1, 2, 3, 4, 5) } }],
    ['prices between two units', { close: { scale: 1, units: numbers(1.5, 2, 3) } }],
    ['a scale in words', { close: { scale: '2', units: numbers(1, 2, 3) } }],
    ['a scale below all', { close: { scale: -1, units: numbers(1, 2, 3) } }],
    ['a scale above all', { close: { scale: 50, units: numbers(1, 2, 3) } }],
    ['no scale', { close: { units: numbers(1, 2, 3) } }],
    ['units in another notation', { volume: { scale: 0, units: ['0x10', '1', '2'] } }],
    ['units that are no texts', { volume: { scale: 0, units: [true, 1, 2] } }],
    ['rules that are no lists', { brokenRules: { combinations: 'abc', index: 'AAAAAAAA' } }],
    ['rules that are nothing', { brokenRules: null }],
    ['rules that nobody listed', { brokenRules: { combinations: [], index: 'AAAAAAAA' } }],
  ])('gives no bars: %s', (_, columns) => {
    expect(bars({ ...kept.columns, ...columns })).toBe(0);
  });

  it.each([null, 1, 'text', []])('gives no bars: %j', (columns) => {
    expect(bars(columns)).toBe(0);
  });
});
