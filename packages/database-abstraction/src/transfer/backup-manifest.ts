import { createHash } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ServiceError } from '@quantumtrade/core-traits';
import { copyAndHash } from './copy-and-hash.ts';

/** The list of a backup's files; it lies beside the directory `data` that holds them. */
export const manifestName = 'manifest.json';
export const backupDataName = 'data';

/** A file below the data directory, its path written with `/`. */
export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A symbolic link, as the engine makes them between its folders. */
interface BackupLink {
  readonly path: string;
  readonly target: string;
}

export interface BackupManifest {
  readonly format: 'market-data-backup';
  readonly version: 1;
  /** ISO instant in UTC. */
  readonly createdAt: string;
  /** Folders, also empty ones, parents before what is in them. */
  readonly directories: readonly string[];
  readonly files: readonly BackupFile[];
  readonly links: readonly BackupLink[];
}

/** The manifest as text, with a checksum of itself. */
export function manifestText(manifest: BackupManifest): string {
  return `${JSON.stringify({ sha256: checksumOf(manifest), manifest }, undefined, 1)}\n`;
}

/**
 * The manifest of a backup whose every file is there and unchanged, and nothing else.
 *
 * @throws ServiceError of kind `configuration`, reason `backupDamaged`, that names what is wrong.
 */
export async function verifyBackup(from: string): Promise<BackupManifest> {
  const manifest = await readManifest(from);
  const data = join(from, backupDataName);
  const found = await listTree(data).catch((cause: unknown) => {
    throw damaged(from, 'its folder data cannot be read', cause);
  });
  refuseDifference(from, 'files', manifest.files, found.files);
  refuseDifference(from, 'links', manifest.links, found.links);
  refuseDifference(from, 'folders', manifest.directories.map(named), found.directories.map(named));
  for (const { path, target } of manifest.links) {
    if ((await readlink(join(data, path))) !== target) throw damaged(from, `link ${path} points elsewhere`);
  }
  for (const file of manifest.files) {
    const { bytes, sha256 } = await copyAndHash(join(data, file.path)).catch((cause: unknown) => {
      throw damaged(from, `${file.path} cannot be read`, cause);
    });
    if (bytes !== file.bytes || sha256 !== file.sha256) throw damaged(from, `${file.path} is not what was backed up`);
  }
  return manifest;
}

async function readManifest(from: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(from, manifestName), 'utf8');
  } catch (cause) {
    throw damaged(from, `it has no readable ${manifestName}`, cause);
  }
  let parsed: { readonly sha256?: unknown; readonly manifest?: Partial<BackupManifest> } | null;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw damaged(from, `its ${manifestName} is no JSON`, cause);
  }
  const manifest = parsed?.manifest;
  if (manifest === undefined || parsed?.sha256 !== checksumOf(manifest)) {
    throw damaged(from, `its ${manifestName} is not what was written`);
  }
  if (manifest.format !== 'market-data-backup' || manifest.version !== 1) {
    throw damaged(from, 'it is of another kind or a later version');
  }
  return manifest as BackupManifest;
}

/** What is below a directory, in order of paths. */
export async function listTree(
  root: string,
  skip: (path: string) => boolean = () => false,
): Promise<{ readonly directories: string[]; readonly files: { path: string }[]; readonly links: { path: string }[] }> {
  const directories: string[] = [];
  const files: { path: string }[] = [];
  const links: { path: string }[] = [];
  const walk = async (directory: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = join(directory, entry.name);
      const path = relative(root, full).split(sep).join('/');
      if (skip(path)) continue;
      if (entry.isSymbolicLink()) links.push({ path });
      else if (entry.isFile()) files.push({ path });
      else if (entry.isDirectory()) {
        directories.push(path);
        await walk(full);
      }
    }
  };
  await walk(root);
  return { directories, files, links };
}

function refuseDifference(
  from: string,
  what: string,
  listed: readonly { readonly path: string }[],
  found: readonly { readonly path: string }[],
): void {
  const there = new Set(found.map(({ path }) => path));
  const missing = listed.find(({ path }) => !there.delete(path));
  if (missing !== undefined) throw damaged(from, `of its ${what}, ${missing.path} is missing`);
  const [extra] = there;
  if (extra !== undefined) throw damaged(from, `of its ${what}, ${extra} is none that was backed up`);
}

function named(path: string): { readonly path: string } {
  return { path };
}

function checksumOf(manifest: unknown): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}

function damaged(from: string, what: string, cause?: unknown): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'backupDamaged',
    message: `${from} cannot be restored: ${what}; nothing was touched, use another backup`,
    cause,
  });
}
