import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseFront, startClickHouseFront } from '@quantumtrade/clickhouse-front';
import { corporateActionStoreSuite, VirtualClock } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabaseManager, type DatabaseManager } from '../src/index.ts';

const folder = await mkdtemp(join(tmpdir(), 'corporate-actions-'));
const clock = new VirtualClock({ autoAdvance: true });
afterAll(() => rm(folder, { recursive: true }));

describe('corporate actions in embedded ClickHouse', () => {
  const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: join(folder, 'embedded') } });
  beforeAll(async () => {
    await manager.runMigrations();
  });
  afterAll(() => manager.close());

  corporateActionStoreSuite({ describe, it, expect }, { create: async () => ({ subject: manager.corporateActions }) });
});

describe('corporate actions in ClickHouse over HTTP', () => {
  let front: ClickHouseFront;
  let manager: DatabaseManager;
  beforeAll(async () => {
    front = await startClickHouseFront({ directory: join(folder, 'server'), password: 'a-password' });
    manager = createDatabaseManager({ clock, clickhouse: { url: front.url, password: new Redacted('a-password') } });
    await manager.runMigrations();
  });
  afterAll(async () => {
    await manager.close();
    await front.close();
  });

  corporateActionStoreSuite({ describe, it, expect }, { create: async () => ({ subject: manager.corporateActions }) });
});
