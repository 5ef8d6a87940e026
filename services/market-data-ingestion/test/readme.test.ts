import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const readme = await readFile(join(here, '../../../README.md'), 'utf8');
const programs = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] as string);
const dataDirectory = await mkdtemp(join(tmpdir(), 'market-data-readme-'));

afterAll(async () => {
  await rm(dataDirectory, { recursive: true });
});

/** Runs a program of the README as a file of this package, which has every package that they import. */
async function run(program: string, index: number): Promise<string> {
  const file = join(here, `readme-program-${process.pid}-${index}.ts`);
  await writeFile(file, program);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@quantumtrade/source', file], {
      env: { PATH: process.env.PATH, MARKET_DATA_DIR: dataDirectory },
      timeout: 30_000,
    });
    return stdout;
  } finally {
    await rm(file);
  }
}

describe('the README', () => {
  it.each([
    [0, 'embeds the service', /^100 collected, 100 stored, 0 unchanged\n\d{4}-\d\d-\d\dT\S+Z \d+(\.\d+)?\n$/],
    [1, 'registers it in the container of a host', /^healthy\n$/],
    [2, 'swaps its parts', /^1\n$/],
  ])('shows, as program %i, code that %s, and it runs', async (index, _, expected) => {
    expect(await run(programs[index] as string, index)).toMatch(expected);
  });

  it('shows no other program', () => {
    expect(programs.length).toBe(3);
  });
});
