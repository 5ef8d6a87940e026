import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@quantumtrade/core-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedEngine } from '../src/engine/embedded-engine.ts';
import type { SqlEngine } from '../src/engine/sql-engine.ts';
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

  it('goes on after a death between any two statements of the released migrations', async () => {
    /** The engine until it has done so many commands; from then on it is gone. */
    const dyingAfter = (count: number): { readonly engine: SqlEngine; died: boolean } => {
      let left = count;
      const dying: { readonly engine: SqlEngine; died: boolean } = {
        died: false,
        engine: {
          implementation: engine.implementation,
          failsForSure: engine.failsForSure,
          rows: engine.rows.bind(engine),
          nativeBlocks: engine.nativeBlocks.bind(engine),
          formatted: engine.formatted.bind(engine),
          insertNative: engine.insertNative.bind(engine),
          command: async (...call: Parameters<SqlEngine['command']>) => {
            if (left === 0) {
              dying.died = true;
              throw new Error('killed');
            }
            left -= 1;
            await engine.command(...call);
          },
        },
      };
      return dying;
    };
    const schemaOf = async (database: string): Promise<unknown> =>
      await engine.rows<{ sql: string }>(
        `SELECT replaceAll(create_table_query, '${database}.', '') AS sql FROM system.tables
         WHERE database = '${database}' ORDER BY name`,
      );
    await runMigrations({ engine, database: 'whole', migrations, clock });
    const whole = await schemaOf('whole');
    let deaths = 0;
    for (let count = 0; ; count++) {
      const database = `dying_${count}`;
      const dying = dyingAfter(count);
      await runMigrations({ engine: dying.engine, database, migrations, clock }).catch(() => {});
      await runMigrations({ engine, database, migrations, clock });
      expect(await schemaOf(database)).toEqual(whole);
      const recorded = await engine.rows(`SELECT id FROM ${database}.schema_migrations`);
      expect(recorded).toHaveLength(migrations.length);
      if (!dying.died) break;
      deaths += 1;
    }
    expect(deaths).toBe(2 + migrations.reduce((sum, { statements }) => sum + statements.length + 1, 0));
  });

  it('makes statements for a cluster that the engine can parse, from every released migration', async () => {
    const sent: string[] = [];
    const recorder: SqlEngine = {
      implementation: 'server',
      failsForSure: false,
      rows: async () => [],
      nativeBlocks: async () => [],
      formatted: async function* () {},
      insertNative: async () => {},
      command: async (sql) => void sent.push(sql),
    };
    await runMigrations({ engine: recorder, database: 'spread', migrations, clock, cluster: 'main' });
    const ddl = sent.filter((sql) => !sql.startsWith('INSERT'));
    expect(ddl.length).toBeGreaterThan(2 + 2 * migrations.length);
    for (const sql of ddl) {
      expect(sql).toContain(" ON CLUSTER 'main'");
      await engine.command(`EXPLAIN AST ${sql}`);
    }
    await expect(engine.command(`EXPLAIN AST ${ddl[0]} CLUSTERS`)).rejects.toMatchObject({ reason: 'refused' });
    // Every table that is stored has its distributed one.
    const local = ddl.filter((sql) => /^CREATE TABLE IF NOT EXISTS spread\.\w+_local /.test(sql));
    const distributed = ddl.filter((sql) => sql.includes('ENGINE = Distributed('));
    expect(distributed).toHaveLength(local.length);
  });
});
