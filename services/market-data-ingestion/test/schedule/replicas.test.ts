import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeConfiguration, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sections } from '../../src/index.ts';
import { connectRedisScripts } from '../../src/quota/redis-scripts.ts';
import { createSchedule } from '../../src/schedule/create-schedule.ts';
import type { Schedule } from '../../src/schedule/schedule.ts';
import { type RedisServer, redisPresent, startRedisServer } from '../quota/support/redis-server.ts';
import { type ScriptedTask, scriptedTask } from './support/scripted-task.ts';

const hour = 3_600_000;
const minute = 60_000;

/** A process of its own, but for the memory: its clock, its data directory, its connection to Redis. */
interface Replica {
  readonly clock: VirtualClock;
  readonly task: ScriptedTask;
  readonly schedule: Schedule;
  readonly monitoring: RecordingMonitoring;
}

describe.skipIf(!redisPresent)('replicas on one Redis (redis-server absent)', () => {
  let server: RedisServer;
  const directories: string[] = [];
  const replicas: Replica[] = [];
  let databases = 0;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map(({ schedule }) => schedule.stop({ signal: AbortSignal.abort() })));
  });
  afterAll(async () => {
    await server.remove();
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true })));
  });

  async function directory(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'replica-'));
    directories.push(path);
    return path;
  }

  /** A started replica. It is Monday 2026-11-23, noon in New York. */
  async function replica(options: {
    readonly directory: string;
    readonly leaseSeconds?: number;
    readonly waits?: boolean;
    readonly start?: string;
  }): Promise<Replica> {
    const clock = new VirtualClock({ start: Date.parse(options.start ?? '2026-11-23T17:00Z') });
    const monitoring = new RecordingMonitoring();
    const task = scriptedTask(clock, { name: 'host-task', ...options });
    const off = { enabled: false };
    const configProvider = new FakeConfiguration(
      {
        redis: { url: new Redacted('redis://127.0.0.1:1') },
        storage: { data_directory: options.directory, database: `test_${databases}` },
        schedule: {
          lease_seconds: options.leaseSeconds ?? 30,
          daily: off,
          weekly: off,
          backfill: off,
          maintenance: off,
        },
      },
      { sections },
    );
    const schedule = createSchedule({
      configProvider,
      service: { source: 'fake', collectSymbolData: () => Promise.reject(new Error('no task collects')) },
      databaseManager: {} as Pick<DatabaseManager, 'maintenance'>,
      monitoring,
      clock,
      tasks: [task],
      connectRedis: (_, settings) => connectRedisScripts(server.path, settings),
    });
    await schedule.start();
    const made = { clock, task, schedule, monitoring };
    replicas.push(made);
    return made;
  }

  /** Lets time go by for all replicas, and answers of Redis come in between, until something holds. */
  async function until(condition: () => boolean, step: number, moving: readonly Replica[] = replicas): Promise<void> {
    await expect
      .poll(
        async () => {
          if (!condition()) await Promise.all(moving.map(({ clock }) => clock.advance(step)));
          return condition();
        },
        { interval: 2, timeout: 10_000 },
      )
      .toBe(true);
  }

  const runs = (): string[] => replicas.flatMap(({ task }) => task.begun);
  const lastOutcomes = (): (string | undefined)[] =>
    replicas.map(({ schedule }) => schedule.status()[0]?.last?.outcome);
  const settle = () => until(() => replicas.every(({ clock }) => clock.sleepers > 0), 0);

  it('run each due task once, whoever is first', async () => {
    databases += 1;
    for (const _ of [1, 2, 3]) await replica({ directory: await directory() });
    await settle();
    for (const [days, at] of [
      ['2026-11-23', '21:30'],
      ['2026-11-24', '21:30'],
      ['2026-11-25', '21:30'],
    ] as const) {
      const before = runs().length;
      const due = Date.parse(`${days}T${at}Z`);
      for (const { clock } of replicas) await clock.advance(due - minute - clock.now());
      await settle();
      await until(
        () => runs().length > before && replicas.every(({ clock }) => clock.now() > due + 5 * minute),
        20_000,
      );
      expect(runs()).toHaveLength(before + 1);
    }
    expect(lastOutcomes()).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('make up once for what all of them missed, also when Redis has forgotten everything', async () => {
    databases += 1;
    const places = [await directory(), await directory()];
    for (const place of places) {
      await replica({ directory: place });
      await settle();
    }
    await until(() => replicas.every(({ clock }) => clock.now() > Date.parse('2026-11-23T17:05Z')), minute);
    await Promise.all(replicas.splice(0).map(({ schedule }) => schedule.stop()));
    await server.kill();
    await server.start();
    for (const place of places) await replica({ directory: place, start: '2026-11-25T14:00Z' });
    await until(() => lastOutcomes().every((outcome) => outcome === 'succeeded'), 5_000);
    expect(runs()).toHaveLength(1);
    const last = replicas.map(({ schedule }) => schedule.status()[0]?.last);
    expect(last.map((run) => [new Date(run?.due ?? 0).toISOString(), run?.missed])).toEqual([
      ['2026-11-24T21:30:00.000Z', 1],
      ['2026-11-24T21:30:00.000Z', 1],
    ]);
  });

  it('take over from one that gives no sign of life, which ends its own run when it comes back', async () => {
    databases += 1;
    const first = await replica({ directory: await directory(), leaseSeconds: 0.2, waits: true });
    await settle();
    await first.clock.advance(4 * hour + 30 * minute);
    await until(() => first.task.begun.length === 1, 0);
    // Its clock stands still from here on, as a process does that was stopped.
    const second = await replica({ directory: await directory(), leaseSeconds: 0.2, start: '2026-11-23T21:29Z' });
    await until(() => second.task.begun.length === 1, 20_000, [second]);
    expect(first.task.signals[0]?.aborted).toBe(false);
    await until(() => first.task.signals[0]?.aborted === true, 50, [first]);
    expect(first.task.signals[0]?.reason).toMatchObject({ reason: 'leaseLost' });
    await until(() => lastOutcomes().every((outcome) => outcome === 'succeeded'), 10_000, [first]);
    expect(runs()).toHaveLength(2);
  });

  it('run nothing while Redis is away, say so, and run once when it is back', async () => {
    databases += 1;
    for (const _ of [1, 2]) await replica({ directory: await directory() });
    await settle();
    await until(() => replicas.every(({ clock }) => clock.now() > Date.parse('2026-11-23T17:05Z')), minute);
    await server.kill();
    for (const { clock } of replicas) await clock.advance(5 * hour);
    await until(() => replicas.every(({ schedule }) => schedule.status()[0]?.state === 'unavailable'), minute);
    for (const { schedule, monitoring } of replicas) {
      expect(schedule.status()[0]?.problem).toContain('Redis does not answer');
      expect(monitoring.logs('error')[0]?.context).toMatchObject({ kind: 'database', reason: 'unavailable' });
    }
    expect(runs()).toEqual([]);
    await server.start();
    await until(() => lastOutcomes().every((outcome) => outcome === 'succeeded'), 5_000);
    expect(runs()).toHaveLength(1);
  });
});
