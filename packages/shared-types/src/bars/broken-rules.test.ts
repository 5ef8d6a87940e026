import { expect, it } from 'vitest';
import { brokenRulesAt } from './broken-rules.ts';

const brokenRules = { combinations: [[], ['a', 'b'], ['c']], index: Uint16Array.of(1, 0, 2, 1) };

it('names the rules that a row broke, and none where nothing was broken', () => {
  expect([0, 1, 2, 3].map((row) => brokenRulesAt({ brokenRules }, row))).toEqual([['a', 'b'], [], ['c'], ['a', 'b']]);
  expect(brokenRulesAt({}, 0)).toEqual([]);
  expect(brokenRulesAt({ brokenRules }, 4)).toEqual([]);
});
