import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const page = readFileSync(new URL('docs/requirements.md', root), 'utf8');

/** Rows of the register: `| K1 | what | state | tests |`. */
const rows = page
  .split('\n')
  .map((line) => /^\| ([A-Z]\d+) \| (.*) \| (done|partly|open) \|(.*)\|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, id, , state, tests]) => ({
    id,
    state,
    tests: [...(tests as string).matchAll(/`([^`]+)`/g)].map((m) => m[1] as string),
  }));

describe('docs/requirements.md', () => {
  it('lists every requirement of the register once', () => {
    const expected = Object.entries({ K: 7, S: 7, V: 5, E: 6, A: 6 }).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });

  it.each(rows.filter(({ state }) => state !== 'open'))('$id is shown by tests that exist', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const test of tests) {
      const [path, name] = test.split(' › ') as [string, string | undefined];
      const file = fileURLToPath(new URL(path, root));
      expect(existsSync(file), `${path} is missing`).toBe(true);
      expect(path).toMatch(/\.test\.ts$|-suite\.ts$|-tests\.ts$/);
      if (name !== undefined) expect(readFileSync(file, 'utf8')).toContain(name);
    }
  });

  it('names no test for a requirement that is open', () => {
    expect(rows.filter(({ state, tests }) => state === 'open' && tests.length > 0)).toEqual([]);
  });
});
