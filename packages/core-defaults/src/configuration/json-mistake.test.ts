import { describe, expect, it } from 'vitest';
import { firstJsonMistake } from './json-mistake.ts';

const sound = `{
  "a": [1, -0.5e+3, true, false, null, "t\\u00e9xt \\"x\\"", {}, []],
  "b": { "c": { "d": [[], [{}]] } }
}
`;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the first mistake of a JSON text', () => {
  it.each(['{}', '[]', ' 5 ', '"x"', 'null', '[1,2]', '{"a":{"b":[1]}}', sound])('is none in %j', (text) => {
    expect(firstJsonMistake(text)).toBeUndefined();
  });

  it.each([
    ['{"a": 1,}', 8],
    ['[1,]', 3],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['{"a": b}', 6],
    ['[1 2]', 3],
    ['{"a": 1]', 7],
    ['{} {}', 3],
    ["{'a': 1}", 1],
    ['{"a": "line\nbreak"}', 6],
    ['// remark\n{}', 0],
    ['[01]', 2],
    ['', 0],
    ['{"a": [1', 8],
    [']', 0],
  ])('of %j stands at %i', (text, offset) => {
    expect(isJson(text)).toBe(false);
    expect(firstJsonMistake(text)).toBe(offset);
  });

  it('is found exactly where JavaScript refuses a text, wherever a sound one is cut or broken', () => {
    for (let at = 0; at < sound.length; at++) {
      for (const inserted of ['', ',', '}', ']', '"', '1', 'x', '\u0001', ' ']) {
        for (const text of [sound.slice(0, at) + inserted, sound.slice(0, at) + inserted + sound.slice(at + 1)]) {
          expect([text, firstJsonMistake(text) === undefined]).toEqual([text, isJson(text)]);
        }
      }
    }
  });
});
