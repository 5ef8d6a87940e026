import { expect, it } from 'vitest';
import { brokenRulesOf, ruleBits, rulesIn } from './rules.ts';

const { lowVolume, highBelowLow } = ruleBits;

it('names each distinct set of broken rules once', () => {
  const column = brokenRulesOf(Uint8Array.of(0, lowVolume, 0, lowVolume | highBelowLow, lowVolume));
  expect(column?.combinations).toEqual([[], ['low_volume'], ['high_below_low', 'low_volume']]);
  expect(column?.index).toEqual(Uint16Array.of(0, 1, 0, 2, 1));
});

it('makes no column where nothing was broken', () => {
  expect(brokenRulesOf(Uint8Array.of(0, 0))).toBeUndefined();
  expect(brokenRulesOf(new Uint8Array(0))).toBeUndefined();
});

it('has room for every set there is', () => {
  const all = Uint8Array.from({ length: 64 }, (_, set) => set);
  const column = brokenRulesOf(all);
  for (const set of all) expect(column?.combinations[column.index[set] as number]).toEqual(rulesIn(set));
});
