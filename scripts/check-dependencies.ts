/**
 * Checks that dependencies point one way: what each package may import from its neighbours, that no files import each
 * other in a circle, that only composition files know the container, and that the contracts depend on nothing and are a
 * bounded peer of every package that uses them. Ends with status 1 and one line for each breach.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importCycles, importedFiles } from './import-cycles.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const scope = '@quantumtrade/';

/** What the sources of each package may import, beside themselves. Tests may use the test doubles too. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'core-traits': [],
  'shared-types': ['core-traits'],
  'database-abstraction': ['core-traits', 'shared-types'],
  'core-defaults': ['core-traits'],
  'core-testing': ['core-traits', 'shared-types'],
  'market-calendar': ['core-traits', 'shared-types'],
  'vendor-sandbox': [],
  'clickhouse-front': [],
  'market-data-ingestion': [
    'core-traits',
    'shared-types',
    'core-defaults',
    'database-abstraction',
    'market-calendar',
    'vendor-sandbox',
  ],
};

/** What tests may import wherever they are. */
const forTests: ReadonlySet<string> = new Set(['core-testing', 'vendor-sandbox', 'core-defaults', 'clickhouse-front']);

/** Every breach in the tree, one line each. */
export function findBreaches(): string[] {
  const breaches: string[] = [];
  const graph = new Map<string, readonly string[]>();
  for (const manifestFile of globSync('{packages,services}/*/package.json', { cwd: root })) {
    const folder = dirname(manifestFile);
    const manifest = JSON.parse(readFileSync(join(root, manifestFile), 'utf8'));
    const name = String(manifest.name).slice(scope.length);
    const mayImport = allowed[name];
    if (mayImport === undefined) {
      breaches.push(`${folder}: say in scripts/check-dependencies.ts what ${name} may import`);
      continue;
    }
    if (name === 'core-traits' && Object.keys(manifest.dependencies ?? {}).length > 0) {
      breaches.push(`${manifestFile}: the contracts must not depend on anything`);
    }
    breaches.push(...peerBreaches(manifestFile, manifest));
    for (const file of globSync('{src,test}/**/*.ts', { cwd: join(root, folder) })) {
      const path = join(root, folder, file);
      const specifiers = importsOf(path);
      graph.set(path, importedFiles(path, specifiers));
      const isTest = file.endsWith('.test.ts') || file.startsWith('test/');
      for (const specifier of specifiers) {
        breaches.push(...breachesOf(join(folder, file), specifier, { name, mayImport, isTest }));
      }
    }
  }
  for (const cycle of importCycles(graph, root)) breaches.push(`import cycle: ${cycle}`);
  return breaches;
}

/** The contracts must be one copy in a host: a peer with an upper bound, never a dependency of a package's own. */
function peerBreaches(
  manifestFile: string,
  manifest: { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> },
): string[] {
  const contracts = `${scope}core-traits`;
  const peer = manifest.peerDependencies?.[contracts];
  const usesThem = (allowed[basename(dirname(manifestFile))] ?? []).includes('core-traits');
  if (manifest.dependencies?.[contracts] !== undefined || (usesThem && peer !== 'workspace:^')) {
    return [`${manifestFile}: ${contracts} must be a peer dependency, as workspace:^`];
  }
  return [];
}

function breachesOf(
  file: string,
  specifier: string,
  importer: { name: string; mayImport: readonly string[]; isTest: boolean },
): string[] {
  if (specifier === 'tsyringe' && !importer.isTest && !file.endsWith('composition.ts')) {
    return [`${file}: imports tsyringe; only files named composition.ts may`];
  }
  if (!specifier.startsWith(scope)) return [];
  const target = specifier.slice(scope.length).split('/')[0] as string;
  if (target === importer.name || importer.mayImport.includes(target)) return [];
  if (importer.isTest && forTests.has(target)) return [];
  return [`${file}: ${importer.name} must not import ${target}`];
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s+['"]([^'"]+)['"]|\bimport\(?\s*['"]([^'"]+)['"]/g),
  ].map((match) => (match[1] ?? match[2]) as string);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const breaches = findBreaches();
  for (const breach of breaches) process.stderr.write(`${breach}\n`);
  process.exitCode = breaches.length > 0 ? 1 : 0;
}
