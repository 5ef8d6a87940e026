import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snippets } from './snippets.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const directory = mkdtempSync(join(tmpdir(), 'type-tests-'));

/** The lines that the compiler refused, by file. */
const refused = new Map<string, number[]>();
let output = '';

function fileOf(index: number): string {
  return `snippet${index}.mts`;
}

function markedLines(code: string): number[] {
  return code.split('\n').flatMap((line, index) => (line.endsWith('// refused') ? [index + 1] : []));
}

beforeAll(() => {
  for (const [index, { code }] of snippets.entries()) writeFileSync(join(directory, fileOf(index)), code);
  const configuration = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      composite: false,
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      typeRoots: [join(root, 'node_modules', '@types')],
      paths: {
        '@quantumtrade/*': [join(root, 'packages', '*', 'src', 'index.ts')],
      },
    },
    files: snippets.map((_, index) => fileOf(index)),
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(configuration));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', directory, '--pretty', 'false'], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 30_000,
  });
  output = `${run.stdout}${run.stderr}`;
  for (const [, file = '', line] of output.matchAll(/^(snippet\d+\.mts)\((\d+),\d+\): error/gm)) {
    refused.set(file, [...(refused.get(file) ?? []), Number(line)]);
  }
}, 40_000);

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('the compiler', () => {
  it.each(snippets.map(({ about, code }, index) => [about, code, index] as const))('%s', (_, code, index) => {
    const lines = [...new Set(refused.get(fileOf(index)))];
    expect(lines, output).toEqual(markedLines(code));
  });

  it('has found the modules of every snippet, and something to refuse', () => {
    expect(output).not.toMatch(/TS2307|TS5\d{3}|TS6053/);
    expect(refused.size).toBeGreaterThan(5);
  });
});
