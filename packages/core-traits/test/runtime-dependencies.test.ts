import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = globSync('src/**/*.ts', { cwd: packageRoot }).filter((file) => !file.endsWith('.test.ts'));

/** Every module that is still imported once the types are gone. */
function runtimeImports(code: string): string[] {
  const withoutTypes = code.replace(/^(?:import|export) type [^;]*;/gm, '');
  return [...withoutTypes.matchAll(/\bfrom\s+'([^']+)'|\bimport\(?\s*'([^']+)'|\brequire\('([^']+)'/g)].map(
    (found) => found[1] ?? found[2] ?? found[3] ?? '',
  );
}

describe('core-traits at run time', () => {
  it('depends on no package', () => {
    const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
    const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = manifest;
    expect({ dependencies, peerDependencies, optionalDependencies }).toEqual({
      dependencies: {},
      peerDependencies: {},
      optionalDependencies: {},
    });
  });

  it('imports nothing but its own files, not even what Node brings', () => {
    expect(sources.length).toBeGreaterThan(5);
    const foreign = sources.flatMap((file) =>
      runtimeImports(readFileSync(join(packageRoot, file), 'utf8'))
        .filter((module) => !module.startsWith('./') && !module.startsWith('../'))
        .map((module) => `${file}: ${module}`),
    );
    expect(foreign).toEqual([]);
  });

  it('would be found out if it did', () => {
    const code = `import type { A } from 'types';
import {
  type B,
  c,
} from 'values';
import 'effects';
export { d } from './own.ts';
export type {
  E,
} from 'more-types';
const late = await import('late');`;
    expect(runtimeImports(code)).toEqual(['values', 'effects', './own.ts', 'late']);
  });
});
