/**
 * Compares the public surface of every package, as its built declarations give it, with `docs/api`; writes it there with
 * `--update`. Ends with status 1 and what to do when they differ. Build first.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { surfaceOf } from './declarations.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'docs/api');

/** The page of one package. */
function pageOf(manifestFile: string): string {
  const { name, exports } = JSON.parse(readFileSync(join(root, manifestFile), 'utf8')) as {
    name: string;
    exports: Record<string, { types: string }>;
  };
  const parts = [`# ${name}\n`, 'Its public surface, written by `pnpm api:update` and compared by CI.\n'];
  for (const [path, { types }] of Object.entries(exports)) {
    const { exported, mentioned } = surfaceOf(join(root, dirname(manifestFile), types));
    parts.push(`## ${name}${path.slice(1)}\n`, fenced(exported));
    if (mentioned.length > 0) parts.push('Mentioned by these, and not exported:\n', fenced(mentioned));
  }
  return parts.join('\n');
}

function fenced(declarations: readonly { readonly text: string }[]): string {
  return `\`\`\`text\n${declarations.map(({ text }) => text).join('\n')}\n\`\`\`\n`;
}

const update = process.argv.includes('--update');
mkdirSync(folder, { recursive: true });
const manifests = globSync('{packages,services}/*/package.json', { cwd: root })
  .filter((manifest) => JSON.parse(readFileSync(join(root, manifest), 'utf8')).private !== true)
  .sort();
const expected = new Set(manifests.map((manifest) => `${basename(dirname(manifest))}.md`));
const stale = globSync('*.md', { cwd: folder }).filter((page) => !expected.has(page));
for (const manifest of manifests) {
  const file = `${basename(dirname(manifest))}.md`;
  const page = pageOf(manifest);
  if (update) writeFileSync(join(folder, file), page);
  else if (readOrEmpty(join(folder, file)) !== page) stale.push(file);
}
for (const file of stale) {
  process.stderr.write(
    `docs/api/${file} is not the public surface: run \`pnpm api:update\` and look at the difference\n`,
  );
}
process.exitCode = stale.length > 0 ? 1 : 0;

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
