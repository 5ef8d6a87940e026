import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeLeases, leasesSuite, VirtualClock } from '@quantumtrade/core-testing';
import { isServiceError } from '@quantumtrade/core-traits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedisScripts, type RedisScripts } from '../../src/quota/redis-scripts.ts';
import { LocalLeases } from '../../src/schedule/leases/local-leases.ts';
import { RedisLeases } from '../../src/schedule/leases/redis-leases.ts';
import { SharedLeases } from '../../src/schedule/leases/shared-leases.ts';
import { type RedisServer, redisPresent, startRedisServer } from '../quota/support/redis-server.ts';

const functions = { describe, it, expect };
const directory = await mkdtemp(join(tmpdir(), 'leases-'));
afterAll(() => rm(directory, { recursive: true }));

describe('LocalLeases of one process', () => {
  leasesSuite(functions, {
    create: async () => {
      const clock = new VirtualClock();
      return { subject: new LocalLeases({ clock }), advance: (milliseconds) => clock.advance(milliseconds) };
    },
  });
});

describe('LocalLeases of a data directory', () => {
  const clock = new VirtualClock();
  leasesSuite(functions, {
    create: async () => {
      const subject = new LocalLeases({ clock, directory });
      return { subject, dispose: () => subject.close(), advance: (milliseconds) => clock.advance(milliseconds) };
    },
  });

  it('are one set for all who use the directory, and outlive them', async () => {
    const one = new LocalLeases({ clock, directory });
    const other = new LocalLeases({ clock, directory });
    const lease = await one.acquire('shared', { leaseMs: 1_000 });
    expect(await other.acquire('shared', { leaseMs: 1_000 })).toBe(undefined);
    await lease?.write('kept');
    await lease?.release();
    await Promise.all([one.close(), other.close()]);
    expect(await other.noteOf('shared')).toBe('kept');
    await other.close();
  });

  it('say what to do when the directory cannot be used', async () => {
    const leases = new LocalLeases({ clock, directory: '/proc/nowhere' });
    const error = await leases.acquire('any', { leaseMs: 1_000 }).catch((thrown: unknown) => thrown);
    expect(isServiceError(error) && [error.kind, error.reason]).toEqual(['database', 'scheduleUnavailable']);
  });
});

describe('SharedLeases', () => {
  const merge = (shared: string, local: string): string => (shared === local ? shared : `${shared} and ${local}`);
  const parts = () => {
    const clock = new VirtualClock();
    const [local, shared] = [new FakeLeases({ clock }), new FakeLeases({ clock })];
    return { clock, local, shared, leases: new SharedLeases({ local, shared, merge }) };
  };

  leasesSuite(functions, {
    create: async () => {
      const { clock, leases } = parts();
      return { subject: leases, advance: (milliseconds) => clock.advance(milliseconds) };
    },
  });

  it('know from the data directory what Redis has forgotten', async () => {
    const { local, leases, clock } = parts();
    const lease = await leases.acquire('task', { leaseMs: 1_000 });
    await lease?.write('yesterday');
    await lease?.release();
    const afterwards = new SharedLeases({ local, shared: new FakeLeases({ clock }), merge });
    expect(await afterwards.noteOf('task')).toBe('yesterday');
    expect((await afterwards.acquire('task', { leaseMs: 1_000 }))?.note).toBe('yesterday');
  });

  it('give what both places know together', async () => {
    const { local, shared, leases } = parts();
    for (const [place, note] of [
      [local, 'mine'],
      [shared, 'ours'],
    ] as const) {
      const lease = await place.acquire('task', { leaseMs: 1_000 });
      await lease?.write(note);
      await lease?.release();
    }
    expect(await leases.noteOf('task')).toBe('ours and mine');
    expect((await leases.acquire('task', { leaseMs: 1_000 }))?.note).toBe('ours and mine');
  });

  it('hold nothing in the data directory while Redis is away or refuses', async () => {
    const { local, shared, leases } = parts();
    shared.failWith();
    await expect(leases.acquire('task', { leaseMs: 60_000 })).rejects.toThrow('told to fail');
    shared.recover();
    const elsewhere = await shared.acquire('task', { leaseMs: 60_000 });
    expect(await leases.acquire('task', { leaseMs: 60_000 })).toBe(undefined);
    await elsewhere?.release();
    expect(await local.acquire('task', { leaseMs: 60_000 })).not.toBe(undefined);
  });

  it('read the note of the data directory while Redis is away', async () => {
    const { local, shared, leases } = parts();
    await (await local.acquire('task', { leaseMs: 1_000 }))?.write('here');
    shared.failWith();
    expect(await leases.noteOf('task')).toBe('here');
  });
});

describe.skipIf(!redisPresent)('RedisLeases (redis-server absent)', () => {
  let server: RedisServer;
  let scripts: RedisScripts;
  beforeAll(async () => {
    server = await startRedisServer();
    scripts = connectRedisScripts(server.path);
  });
  afterAll(async () => {
    await scripts.close();
    await server.remove();
  });

  leasesSuite(functions, {
    create: async () => {
      let now = Date.UTC(2026, 0, 2);
      const atTestTime: RedisScripts = {
        run: (script, keys, values) => scripts.run(withGivenTime(script, now), keys, values),
        close: async () => {},
      };
      return {
        subject: new RedisLeases({ scripts: atTestTime, scope: 'test' }),
        advance: async (milliseconds) => {
          now += milliseconds;
        },
      };
    },
  });

  it('ask the server for the time, and keep scopes apart', async () => {
    const one = new RedisLeases({ scripts, scope: 'one' });
    const lease = await one.acquire('task', { leaseMs: 60_000 });
    expect(await one.acquire('task', { leaseMs: 60_000 })).toBe(undefined);
    expect(await new RedisLeases({ scripts, scope: 'other' }).acquire('task', { leaseMs: 60_000 })).not.toBe(undefined);
    expect(await lease?.release()).toBe(true);
  });

  it('reject with what to do while Redis is away, and go on when it is back', async () => {
    const leases = new RedisLeases({ scripts, scope: 'away' });
    await server.kill();
    const error = await leases.acquire('task', { leaseMs: 60_000 }).catch((thrown: unknown) => thrown);
    expect(isServiceError(error) && [error.kind, error.reason, error.retryable]).toEqual([
      'database',
      'unavailable',
      true,
    ]);
    await server.start();
    await leases.close();
    expect(await leases.acquire('task', { leaseMs: 60_000 })).not.toBe(undefined);
  });
});

/** The script as it is, but for the one place where it asks for the time. */
function withGivenTime(script: string, now: number): string {
  return script.replace("redis.call('TIME')", `{ '${Math.floor(now / 1000)}', '${(now % 1000) * 1000}' }`);
}
