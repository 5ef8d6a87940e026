import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@quantumtrade/core-testing';
import { isServiceError } from '@quantumtrade/core-traits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabaseManager, type DatabaseManager } from '../src/index.ts';

let root: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'market-data-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(root, { recursive: true });
});

/** Holds a data directory in a process of its own until it is killed. */
async function holdElsewhere(path: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const source = new URL('../src/engine/data-directory.ts', import.meta.url);
  const script = `
    import { DataDirectory } from ${JSON.stringify(source.href)};
    const clock = { now: Date.now, monotonic: () => performance.now() };
    await DataDirectory.acquire({ path: process.argv[1], clock, lockTimeoutMs: 0, command: 'the other one' });
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ['--conditions=@quantumtrade/source', '--input-type=module', '-e', script, path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  await once(child.stdout, 'data');
  return {
    pid: child.pid as number,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function manage(dataDirectory: string, database?: string): DatabaseManager {
  return createDatabaseManager({
    clock: new VirtualClock({ autoAdvance: true }),
    clickhouse: { dataDirectory, database },
  });
}

async function failure(
  promise: Promise<unknown>,
): Promise<{ kind: string; reason: string | undefined; message: string }> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isServiceError(error)) throw new Error('a ServiceError was expected', { cause: error });
  return { kind: error.kind, reason: error.reason, message: error.message };
}

describe('a data directory', () => {
  it('held by another process is refused with its id and name, and is free once that one is killed', async () => {
    const path = join(root, 'data');
    const other = await holdElsewhere(path);
    const refused = await failure(manage(path).connect());
    expect(refused.reason).toBe('directoryLocked');
    expect(refused.message).toContain(`process ${other.pid} (the other one)`);
    expect(refused.message).toContain('waited 5 s');

    await other.kill();
    const manager = manage(path);
    await manager.runMigrations();
    await manager.close();
  });

  it('that cannot be made is refused in one line that says what to do', async () => {
    await writeFile(join(root, 'file'), '');
    const refused = await failure(manage(join(root, 'file', 'data')).connect());
    expect(refused).toMatchObject({ kind: 'configuration', reason: 'directoryUnusable' });
    expect(refused.message).toMatch(/^[^\n]*MARKET_DATA_DIR[^\n]*$/);
  });

  it.skipIf(!existsSync('/proc/self'))('in a file system that takes none is refused, not waited for', async () => {
    expect(await failure(manage('/proc/market-data/nested').connect())).toMatchObject({ reason: 'directoryUnusable' });
  });

  it('whose lock cannot be signed is refused, and is free once it can', async () => {
    const path = join(root, 'data');
    await mkdir(join(path, 'holder.json'), { recursive: true });
    expect(await failure(manage(path).connect())).toMatchObject({
      kind: 'configuration',
      reason: 'directoryUnusable',
    });
    await rm(join(path, 'holder.json'), { recursive: true });
    const manager = manage(path);
    await manager.connect();
    await manager.close();
  });

  it.each(['{a,b}', 'a*', 'a?'])('whose path is a pattern to the engine, such as %s, is refused', async (name) => {
    expect(await failure(manage(join(root, name)).connect())).toMatchObject({ reason: 'directoryUnusable' });
  });

  it('is made with the parents it lacks', async () => {
    const manager = manage(join(root, 'one', 'two', 'three'));
    await manager.connect();
    await manager.close();
  });

  it('is shared by managers of one process with databases of their own, and a second directory is refused', async () => {
    const path = join(root, 'shared');
    const [first, second] = [manage(path, 'one'), manage(path, 'two')];
    await first.runMigrations();
    await second.runMigrations();
    await mkdir(join(root, 'elsewhere'));
    expect(await failure(manage(join(root, 'elsewhere')).connect())).toMatchObject({ reason: 'directoryConflict' });

    await first.close();
    await expect(second.clickhouse.getQuarantine()).resolves.toEqual([]);
    await second.close();
  });

  it('can be left for another one after everything is closed', async () => {
    for (const name of ['a', 'b', 'a']) {
      const manager = manage(join(root, name));
      await manager.runMigrations();
      await manager.close();
      await manager.close();
    }
  });

  it('is not touched before the manager connects', async () => {
    const manager = manage(join(root, 'never'));
    const refused = await failure(manager.clickhouse.getQuarantine());
    expect(refused).toMatchObject({ kind: 'database', reason: 'notConnected' });
  });

  it('takes only identifiers as names of databases', () => {
    expect(() => manage(root, 'a; DROP TABLE b')).toThrow(/clickhouse.database must be a name/);
  });
});
