import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, matching, type ReadmeBlock } from './readme-blocks.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);
const condition = '@quantumtrade/source';

/** A block with a name for reports, and its file beside the sources of the package whose dependencies it may import. */
interface Program extends ReadmeBlock {
  readonly name: string;
  readonly file: string;
}

const readmes = ['README.md', ...globSync('{packages,services}/*/README.md', { cwd: root }).sort()];
const folders: string[] = [];
const programs = (await Promise.all(readmes.map(programsOf))).flat();
const scratch = await mkdtemp(join(tmpdir(), 'readme-programs-'));
// Below node_modules nothing is left to be committed, and the types of Node are found from there.
const typesFolder = join(root, 'node_modules/.cache', basename(scratch));

async function programsOf(readme: string): Promise<Program[]> {
  // The programs of the README at the root are written for a host of the whole service.
  const owner = readme === 'README.md' ? 'services/market-data-ingestion' : dirname(readme);
  const blocks = blocksOf(await readFile(join(root, readme), 'utf8'));
  const folder = await mkdtemp(join(root, owner, 'readme-programs-'));
  folders.push(folder);
  return blocks.map((block, index) => ({
    ...block,
    name: `${readme}, program ${index + 1}`,
    file: join(folder, block.text.includes("from 'vitest'") ? `${index + 1}.test.ts` : `${index + 1}.ts`),
  }));
}

/** The vitest configuration of a folder of programs: those that are tests run as tests. */
const testConfiguration = `import { defineConfig } from 'vitest/config';
const conditions = ['${condition}'];
export default defineConfig({ resolve: { conditions }, ssr: { resolve: { conditions } } });
`;

beforeAll(async () => {
  await Promise.all(programs.map(({ file, text }) => writeFile(file, text)));
  const withTests = new Set(programs.filter(({ file }) => file.endsWith('.test.ts')).map(({ file }) => dirname(file)));
  await Promise.all([...withTests].map((folder) => writeFile(join(folder, 'vitest.config.ts'), testConfiguration)));
});

afterAll(async () => {
  await Promise.all([...folders, typesFolder, scratch].map((path) => rm(path, { recursive: true, force: true })));
});

/** Everything that a program printed; rejects when it does not end with status 0. */
async function outputOf({ file }: Program): Promise<string> {
  const dataDirectory = await mkdtemp(join(scratch, 'data-'));
  const environment = { PATH: process.env.PATH, HOME: scratch, MARKET_DATA_DIR: dataDirectory };
  const asTest = ['node_modules/vitest/vitest.mjs', 'run', '--root', dirname(file), basename(file)];
  const asProgram = [`--conditions=${condition}`, file];
  const { stdout } = file.endsWith('.test.ts')
    ? await run(process.execPath, asTest, { cwd: root, env: environment, timeout: 60_000 })
    : await run(process.execPath, asProgram, { cwd: scratch, env: environment, timeout: 60_000 });
  return stdout;
}

describe('the READMEs', { timeout: 90_000 }, () => {
  it.each(globSync('{packages,services}/*/package.json', { cwd: root }))('show a program for %s', (manifest) => {
    const readme = join(dirname(manifest), 'README.md');
    expect(programs.some(({ name }) => name.startsWith(`${readme},`))).toBe(true);
  });

  it('show programs that type-check', async () => {
    await mkdir(typesFolder, { recursive: true });
    const project = join(typesFolder, 'tsconfig.json');
    const options = { composite: false, declaration: false, declarationMap: false, isolatedDeclarations: false };
    await writeFile(
      project,
      JSON.stringify({
        extends: join(root, 'tsconfig.base.json'),
        compilerOptions: { ...options, noEmit: true },
        files: programs.map(({ file }) => file),
      }),
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const complaints = await run(process.execPath, [compiler, '-p', project], { cwd: root }).then(
      () => '',
      (failure: { stdout: string }) => failure.stdout,
    );
    expect(complaints).toBe('');
  });

  it.concurrent.for(programs)('$name, runs and prints what it says', async (program, { expect }) => {
    const output = await outputOf(program);
    if (program.promised.length === 0) return;
    const printed = output.trimEnd().split('\n');
    expect(printed).toEqual(program.promised.map((line) => expect.stringMatching(matching(line))));
  });
});
