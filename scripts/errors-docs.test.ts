import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const page = readFileSync(`${root}docs/errors.md`, 'utf8');
const contract = readFileSync(`${root}packages/core-traits/src/errors/service-error.ts`, 'utf8');

/** Sources that make errors, without their comments. Suites make errors of all sorts to see what an implementation does about them; the reasons of an exchange's closed days, and why bars cannot be had, are no errors. */
const sources = globSync('{packages,services}/*/src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts') && !file.includes('core-testing/src/suites/'))
  .filter((file) => !file.includes('market-calendar/src/exchanges/'))
  .filter((file) => !/\/(contracts\/coverage|coverage\/judge-session)\.ts$/.test(file))
  .map((file) => readFileSync(`${root}${file}`, 'utf8').replace(/\/\*.*?\*\//gs, ''));

const word = /'([A-Za-z]+)'/g;
const wordsIn = (text: string): string[] => [...text.matchAll(word)].map((match) => match[1] as string);

/** Every reason in a source: literals of `reason` fields, of types named for reasons, and of calls that take one first. */
function reasonsOf(source: string): string[] {
  const fields = [...source.matchAll(/\breason\??: (?!typeof)([^,;\n]*'[^,;\n]*)/g)];
  const types = [...source.matchAll(/\btype \w*(?:Reason|Failure) =([^;]*);/g)];
  const takers = [...source.matchAll(/\bfunction (\w+)\(\s*reason\b/g)].map((match) => match[1] as string);
  const calls = takers.flatMap((name) => [...source.matchAll(new RegExp(`\\b${name}\\(\\s*('\\w+')`, 'g'))]);
  return [...fields, ...types, ...calls].flatMap((match) => wordsIn(match[1] as string));
}

/** What a source says of a kind and a reason side by side. */
function pairsOf(source: string): string[] {
  return [...source.matchAll(/kind: '(\w+)',(?:(?!kind:)[^}]){0,200}?\breason: '(\w+)'/g)].map(
    ([, kind, reason]) => `${kind}/${reason}`,
  );
}

/** The kinds with their own fields, as the contract declares them. */
const kinds = new Map(
  [...(/interface ServiceErrorKinds \{(.*?)\n\}/s.exec(contract)?.[1] ?? '').matchAll(/^ {2}(\w+): (.*);$/gm)].map(
    ([, kind, fields]) => [kind, [...(fields as string).matchAll(/readonly (\w+)/g)].map((field) => field[1])],
  ),
);

/** The page by kind: the fields its section names first, and the reasons of its table. */
const documented = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .filter((section) => section.startsWith('`'))
    .map((section) => [
      /^`(\w+)`/.exec(section)?.[1],
      {
        fields: [...(/^Fields: (.*)$/m.exec(section)?.[1] ?? '').matchAll(/`(\w+)`/g)].map((field) => field[1]),
        reasons: [...section.matchAll(/^\| `(\w+)` \| [^|]+ \| [^|]+ \|$/gm)].map((row) => row[1] as string),
      },
    ]),
);

describe('docs/errors.md', () => {
  it('has a section for every kind, with the fields of the kind', () => {
    expect(kinds.size).toBe(6);
    expect(new Map([...documented].map(([kind, { fields }]) => [kind, fields]))).toEqual(kinds);
  });

  it('explains every reason of the sources, and no other', () => {
    const used = new Set(sources.flatMap(reasonsOf));
    const explained = new Set([...documented.values()].flatMap(({ reasons }) => reasons));
    expect(used.size).toBeGreaterThan(40);
    expect([...used].filter((reason) => !explained.has(reason)).sort(), 'explain these in docs/errors.md').toEqual([]);
    expect([...explained].filter((reason) => !used.has(reason)).sort(), 'no source gives these').toEqual([]);
  });

  it('explains a reason where the sources use it', () => {
    const pairs = new Set(sources.flatMap(pairsOf));
    const listed = new Set([...documented].flatMap(([kind, { reasons }]) => reasons.map((name) => `${kind}/${name}`)));
    expect(pairs.size).toBeGreaterThan(20);
    expect([...pairs].filter((pair) => !listed.has(pair)).sort()).toEqual([]);
  });

  it('explains nothing twice', () => {
    for (const { reasons } of documented.values()) expect(reasons).toEqual([...new Set(reasons)]);
  });
});
