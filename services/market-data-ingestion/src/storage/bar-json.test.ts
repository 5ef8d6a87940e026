import { barBatch } from '@quantumtrade/core-testing';
import { barTextAt, brokenRulesAt } from '@quantumtrade/shared-types';
import { expect, it } from 'vitest';
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
