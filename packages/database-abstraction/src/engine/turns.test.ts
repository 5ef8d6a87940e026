import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('gives each of those who come at a time a turn of the event loop, in their order', async () => {
  const turns = new Turns();
  let turn = 0;
  const had: [string, number][] = [];
  const all = Promise.all(['a', 'b', 'c'].map((name) => turns.next().then(() => had.push([name, turn]))));
  for (; had.length < 3; turn += 1) await nextTurn();
  await all;
  expect(had.map(([name]) => name)).toEqual(['a', 'b', 'c']);
  expect(new Set(had.map(([, at]) => at)).size).toBe(3);
});

it('lets somebody who comes alone go on at once', async () => {
  const turns = new Turns();
  let passed = false;
  void turns.next().then(() => {
    passed = true;
  });
  await Promise.resolve().then(() => Promise.resolve());
  expect(passed).toBe(true);
});
