import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The files that each file imports, by path. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The files that a file's relative imports lead to; other imports, and what is not there, are left out. */
export function importedFiles(file: string, specifiers: readonly string[]): string[] {
  return specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(file), specifier))
    .filter((path) => existsSync(path));
}

/**
 * Every group of files that import each other in a circle, written as the shortest such circle through its first file:
 * `a.ts → b.ts → a.ts`. Imports of types count too: two files that need each other's types are one thing.
 */
export function importCycles(graph: ImportGraph, root: string): string[] {
  const inCycles = new Set<string>();
  const cycles: string[] = [];
  for (const file of [...graph.keys()].sort()) {
    if (inCycles.has(file)) continue;
    const circle = wayBackTo(file, graph);
    if (circle === undefined) continue;
    for (const member of circle) inCycles.add(member);
    cycles.push([...circle, file].map((path) => relative(root, path)).join(' → '));
  }
  return cycles;
}

/** The shortest way from a file through its imports back to itself, without its end; searched breadth first. */
function wayBackTo(start: string, graph: ImportGraph): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) {
        const way = [file];
        for (let at = file; at !== start; ) {
          at = cameFrom.get(at) as string;
          way.unshift(at);
        }
        return way;
      }
      if (!cameFrom.has(next)) {
        cameFrom.set(next, file);
        queue.push(next);
      }
    }
  }
  return undefined;
}
