import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@quantumtrade/core-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedEngine } from '../src/engine/embedded-engine.ts';
import { type Migration, migrations } from '../src/migrations/migrations.ts';
import { runMigrations } from '../src/migrations/run-migrations.ts';

let directory: string;
let engine: EmbeddedEngine;
const clock = new VirtualClock({ autoAdvance: true });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'market-data-'));
  engine = await EmbeddedEngine.open({ dataDirectory: directory, clock, lockTimeoutMs: 0, command: 'test' });
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true });
});

const first: Migration = {
  id: 1,
  name: 'first',
  statements: ['CREATE TABLE IF NOT EXISTS {database}.a (x UInt8) ENGINE = Log'],
};
const second: Migration = {
  id: 2,
  name: 'second',
  statements: ['CREATE TABLE IF NOT EXISTS {database}.b (x UInt8) ENGINE = Log'],
};

describe('runMigrations', () => {
  it('applies what is missing and changes nothing the second time', async () => {
    const run = (steps: readonly Migration[]) => runMigrations({ engine, database: 'one', migrations: steps, clock });
    expect(await run([first])).toEqual([{ id: 1, name: 'first', appliedNow: true }]);
    expect((await run([first, second])).map(({ appliedNow }) => appliedNow)).toEqual([false, true]);
    expect((await run([first, second])).map(({ appliedNow }) => appliedNow)).toEqual([false, false]);
    const tables = await engine.rows<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = 'one' ORDER BY name",
    );
    expect(tables.map(({ name }) => name)).toEqual(['a', 'b', 'schema_migrations']);
  });

  it('goes on where a run died between two statements', async () => {
    const broken: Migration = { ...first, statements: [...first.statements, 'THIS IS NOT SQL'] };
    await expect(runMigrations({ engine, database: 'two', migrations: [broken], clock })).rejects.toMatchObject({
      kind: 'database',
      retryable: false,
    });
    const report = await runMigrations({ engine, database: 'two', migrations: [first], clock });
    expect(report).toEqual([{ id: 1, name: 'first', appliedNow: true }]);
  });

  it('refuses a changed migration and one it does not know, but not a change of white space', async () => {
    await runMigrations({ engine, database: 'three', migrations: [first, second], clock });
    const spaced = { ...first, statements: first.statements.map((sql) => `  ${sql.replaceAll(' ', '\n ')}`) };
    const changed = { ...first, statements: first.statements.map((sql) => sql.replace('UInt8', 'UInt16')) };
    await runMigrations({ engine, database: 'three', migrations: [spaced, second], clock });
    await expect(
      runMigrations({ engine, database: 'three', migrations: [changed, second], clock }),
    ).rejects.toMatchObject({ kind: 'configuration', reason: 'migrationChanged' });
    await expect(runMigrations({ engine, database: 'three', migrations: [first], clock })).rejects.toMatchObject({
      kind: 'configuration',
      reason: 'schemaTooNew',
    });
  });

  it('numbers the released migrations without gaps', () => {
    expect(migrations.map(({ id }) => id)).toEqual(migrations.map((_, index) => index + 1));
  });
});
