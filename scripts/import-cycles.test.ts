import { describe, expect, it } from 'vitest';
import { importCycles, importedFiles } from './import-cycles.ts';

const graphOf = (imports: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(imports).map(([file, to]) => [`/r/${file}`, to.map((path) => `/r/${path}`)]));

describe('importCycles', () => {
  it('finds nothing where imports point one way', () => {
    expect(importCycles(graphOf({ a: ['b', 'c'], b: ['c'], c: [] }), '/r')).toEqual([]);
  });

  it('shows the shortest circle through the first of its files, once', () => {
    const graph = graphOf({ a: ['b', 'c'], b: ['d'], c: ['d'], d: ['a'], e: ['e'], f: ['a'] });
    expect(importCycles(graph, '/r')).toEqual(['a → b → d → a', 'c → d → a → c', 'e → e']);
  });
});

describe('importedFiles', () => {
  it('follows relative imports to files that are there', () => {
    const here = import.meta.filename;
    expect(importedFiles(here, ['vitest', './import-cycles.ts', './nowhere.ts'])).toEqual([
      here.replace('import-cycles.test.ts', 'import-cycles.ts'),
    ]);
  });
});
