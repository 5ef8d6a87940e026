/**
 * Packs every package as it would be published, installs the tarballs with npm in an empty project outside the workspace,
 * and uses them there: imports every entry point, type-checks and runs the programs of the READMEs, and calls the command
 * line. The embedded engine is an optional peer: first all of it runs without, where what needs the engine must say so;
 * with `--with-engine` chDB is added and a real collection runs. Build first.
 */
import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blocksOf, matching } from './readme-blocks.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'pack-test-'));
const project = join(folder, 'project');
const dataDirectory = join(folder, 'data');
/** Packages whose programs store something. */
const needEngine = ['@quantumtrade/database-abstraction', '@quantumtrade/market-data-ingestion'];
const failures: string[] = [];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

try {
  const manifests = globSync('{packages,services}/*/package.json', { cwd: root })
    .sort()
    .map((file) => ({ file, ...(JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest) }))
    .filter((manifest) => manifest.private !== true);
  const tarballs = packAll(manifests);
  if (tarballs.length !== manifests.length)
    throw new Error(`packed ${tarballs.length} of ${manifests.length} packages`);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  // msw is the optional peer of one entry point of the sandbox.
  install(...tarballs, 'msw@3');
  await importEverything(manifests);
  typeCheck(manifests);
  await runPrograms(manifests, false);
  if (process.argv.includes('--with-engine')) {
    const { chdb } = manifests.find(({ name }) => name.endsWith('/database-abstraction'))?.devDependencies ?? {};
    install(`chdb@${chdb}`);
    await runPrograms(manifests, true);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Packs with the pnpm of the workspace, which turns `workspace:^` into versions, and gives the tarballs' paths. */
function packAll(manifests: readonly Manifest[]): string[] {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = manifests.flatMap(({ name }) => ['--filter', name]);
  const parameters = ['--yes', packageManager, '--recursive', ...packages, 'pack', '--pack-destination', folder];
  execFileSync('npx', parameters, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return globSync('*.tgz', { cwd: folder })
    .sort()
    .map((file) => join(folder, file));
}

function install(...packages: readonly string[]): void {
  const began = performance.now();
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...packages], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  say(`npm install ${packages.map((name) => basename(name)).join(' ')}: ${Math.round(performance.now() - began)} ms`);
}

/** Runs a file with this Node, which takes no notice of the sources. */
async function runNode(...parameters: readonly string[]): Promise<Outcome> {
  const env = { PATH: process.env.PATH, HOME: folder, MARKET_DATA_DIR: dataDirectory };
  const done = Promise.withResolvers<Outcome>();
  execFile(process.execPath, parameters, { cwd: project, env, timeout: 60_000 }, (error, output, errors) => {
    done.resolve({ status: error === null ? 0 : Number(error.code ?? 1), output, errors });
  });
  return await done.promise;
}

function specifiersOf({ name, exports }: Manifest): string[] {
  return Object.keys(exports).map((path) => `${name}${path.slice(1)}`);
}

async function importEverything(manifests: readonly Manifest[]): Promise<void> {
  const specifiers = manifests.flatMap(specifiersOf);
  for (const specifier of specifiers) {
    const script = `if (Object.keys(await import('${specifier}')).length === 0) process.exit(3)`;
    const { status, errors } = await runNode('--input-type=module', '--eval', script);
    if (status !== 0) failures.push(`importing ${specifier} failed with status ${status}: ${errors}`);
  }
  say(`imported ${specifiers.join(', ')}`);
}

/** Checks the declarations as they are installed, each of ours included, and the programs of the READMEs against them. */
function typeCheck(manifests: readonly Manifest[]): void {
  writeFileSync(
    join(project, 'every-entry.ts'),
    manifests
      .flatMap(specifiersOf)
      .map((specifier, index) => `export * as entry${index} from '${specifier}';`)
      .join('\n'),
  );
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'esnext.promise'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    // Types of Node are the workspace's; nothing else is.
    typeRoots: [join(root, 'node_modules/@types')],
    types: ['node'],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['every-entry.ts'] }));
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { cwd: project });
  } catch (error) {
    // What other packages declare is theirs; msw, for one, expects a browser's types.
    const complaints = String((error as { stdout: Buffer }).stdout)
      .split('\n')
      .filter((line) => line.startsWith('every-entry.ts') || line.includes('node_modules/@quantumtrade/'));
    failures.push(...complaints);
  }
  say('type-checked every entry point');
}

/** Runs the programs of the installed READMEs, and the command line. */
async function runPrograms(manifests: readonly Manifest[], withEngine: boolean): Promise<void> {
  for (const { name } of manifests) {
    const blocks = blocksOf(readFileSync(join(project, 'node_modules', name, 'README.md'), 'utf8'));
    const cannotRun = !withEngine && needEngine.includes(name);
    // What needs no engine ran before there was one.
    if (withEngine && !needEngine.includes(name)) continue;
    for (const [index, { text, promised }] of blocks.entries()) {
      if (text.includes("from 'vitest'")) continue;
      const file = join(project, `${basename(name)}-${index + 1}.ts`);
      writeFileSync(file, text);
      const { status, output, errors } = await runNode(file);
      const what = `${name}, program ${index + 1}${withEngine ? ', with the engine' : ''}`;
      if (cannotRun && (status === 0 || !errors.includes('engineMissing'))) {
        failures.push(`${what} should end with engineMissing and ended with ${status}: ${errors}`);
      }
      if (!cannotRun && (status !== 0 || !prints(output, promised))) {
        failures.push(`${what} ended with ${status}: ${output}${errors}`);
      }
      say(`ran ${what}${cannotRun ? ': engineMissing, as it must' : ''}`);
    }
  }
  const command = join(project, 'node_modules/@quantumtrade/market-data-ingestion/dist/main.js');
  const collect = await runNode(command, 'collect', 'AAPL', '--interval', 'daily', '--json');
  if (withEngine) {
    const [row] = collect.status === 0 ? (JSON.parse(collect.output) as { stored: number; collected: number }[]) : [];
    if (row === undefined || row.collected !== 100) failures.push(`the command collected nothing: ${collect.errors}`);
  } else if (collect.status !== 2 || !collect.errors.includes('chdb')) {
    failures.push(`the command without an engine ended with ${collect.status}: ${collect.errors}`);
  }
  say(`ran the command line${withEngine ? '' : ': it asks for chdb, as it must'}`);
}

function prints(output: string, promised: readonly string[]): boolean {
  const lines = output.trimEnd().split('\n');
  return (
    promised.length === 0 ||
    (lines.length === promised.length && promised.every((line, index) => matching(line).test(lines[index] as string)))
  );
}
