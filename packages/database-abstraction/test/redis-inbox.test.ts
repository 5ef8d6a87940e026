import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RedisInbox } from '../src/index.ts';
import { realClock } from './support/real-clock.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './support/redis-server.ts';

describe.skipIf(!hasRedisServer)('a list onto which others push (needs redis-server)', { timeout: 20_000 }, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.close());

  const open = async (list: string, url: string = server.url): Promise<RedisInbox> => {
    const inbox = new RedisInbox({ clock: realClock, url, list, breakerResetMs: 100 });
    await inbox.connect();
    onTestFinished(() => inbox.close());
    return inbox;
  };
  const holds = async (list: string): Promise<unknown> => await server.ask('LRANGE', list, '0', '-1');

  it('gives texts in the order of pushing, and nothing when there is none', async () => {
    const list = randomUUID();
    const inbox = await open(list);
    expect(await inbox.next(10)).toBe(undefined);
    await server.ask('RPUSH', list, 'one', 'two');
    expect([(await inbox.next(10))?.text, (await inbox.next(10))?.text]).toEqual(['one', 'two']);
  });

  it('hears what is pushed while it waits', async () => {
    const list = randomUUID();
    const waiting = (await open(list)).next(1500);
    await server.ask('RPUSH', list, 'late');
    expect((await waiting)?.text).toBe('late');
  });

  it('forgets what is accepted', async () => {
    const list = randomUUID();
    const inbox = await open(list);
    await server.ask('RPUSH', list, 'one');
    const pushed = await inbox.next(10);
    expect(await holds(`${list}:processing`)).toEqual(['one']);
    await pushed?.accept();
    expect([await holds(list), await holds(`${list}:processing`), await inbox.next(10)]).toEqual([[], [], undefined]);
  });

  it('puts what is rejected on a list of its own, with the reason', async () => {
    const list = randomUUID();
    const inbox = await open(list);
    await server.ask('RPUSH', list, '{bad');
    await (await inbox.next(10))?.reject('it is no JSON');
    expect(await holds(`${list}:rejected`)).toEqual([JSON.stringify({ reason: 'it is no JSON', text: '{bad' })]);
    expect(await holds(`${list}:processing`)).toEqual([]);
  });

  it('gives out again what was taken and not settled, the oldest first', async () => {
    const list = randomUUID();
    const first = await open(list);
    await server.ask('RPUSH', list, 'one', 'two', 'three');
    for (let taken = 0; taken < 2; taken++) await first.next(10);
    await first.close();
    const second = await open(list);
    const texts: (string | undefined)[] = [];
    for (let taken = 0; taken < 4; taken++) texts.push((await second.next(10))?.text);
    expect(texts).toEqual(['one', 'two', 'three', undefined]);
  });

  it('says that Redis is away, and goes on by itself when it is back', async () => {
    const own = await startRedisServer('--appendonly', 'yes', '--appendfsync', 'always');
    onTestFinished(() => own.close());
    const list = randomUUID();
    const inbox = await open(list, own.url);
    await own.ask('RPUSH', list, 'one');
    const pushed = await inbox.next(10);
    await own.end('SIGKILL');
    const failure = { kind: 'database', reason: 'inboxUnavailable' };
    await expect(pushed?.accept()).rejects.toMatchObject(failure);
    await expect(inbox.next(10)).rejects.toMatchObject(failure);
    await own.start();
    await vi.waitFor(async () => expect((await inbox.next(10))?.text).toBe('one'), { timeout: 10_000, interval: 50 });
  });
});
