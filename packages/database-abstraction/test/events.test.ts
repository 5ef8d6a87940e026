import { randomUUID } from 'node:crypto';

import { eventPublisherSuite, VirtualClock } from '@quantumtrade/core-testing';
import type { PublishedEvent } from '@quantumtrade/core-traits';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEventPublisher } from '../src/events/create-event-publisher.ts';
import { InProcessEventPublisher, RedisEventPublisher, type RedisEventPublisherOptions } from '../src/index.ts';
import { realClock } from './support/real-clock.ts';
import { freePort, hasRedisServer, type RedisServer, startRedisServer } from './support/redis-server.ts';

describe('events in process', () => {
  eventPublisherSuite(
    { describe, it, expect },
    { create: async () => ({ subject: new InProcessEventPublisher({ clock: new VirtualClock() }) }) },
  );

  it('are what a process has without a Redis', async () => {
    const events = await createEventPublisher({ clock: new VirtualClock({ start: 5 }), stream: 'unused' });
    const heard: PublishedEvent[] = [];
    await events.subscribe((event) => void heard.push(event));
    await events.publish({ id: 'one', type: 'a', data: 1 });
    await vi.waitFor(() => expect(heard).toEqual([{ id: 'one', type: 'a', data: 1, timestamp: 5 }]));
    await events.close();
  });
});

describe.skipIf(!hasRedisServer)('events in a Redis stream (needs redis-server)', { timeout: 20_000 }, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.close());

  const publisher = async (options: Partial<RedisEventPublisherOptions> = {}): Promise<RedisEventPublisher> => {
    const events = new RedisEventPublisher({
      ...{ clock: realClock, url: server.url, stream: `events:${randomUUID()}` },
      ...{ connectTimeoutMs: 1500, commandTimeoutMs: 400, breakerResetMs: 100 },
      ...options,
    });
    await events.connect();
    onTestFinished(() => events.close());
    return events;
  };

  eventPublisherSuite(
    { describe, it, expect },
    {
      create: async () => {
        const subject = new RedisEventPublisher({ clock: realClock, url: server.url, stream: randomUUID() });
        await subject.connect();
        return { subject, dispose: () => subject.close() };
      },
    },
  );

  it('are heard by another process', async () => {
    const stream = `shared:${randomUUID()}`;
    const [one, other] = [await publisher({ stream }), await publisher({ stream })];
    const heard: string[] = [];
    await other.subscribe(({ type }) => void heard.push(type));
    await one.publish({ type: 'from afar', data: null });
    await vi.waitFor(() => expect(heard).toEqual(['from afar']), { timeout: 3000 });
  });

  it('are kept up to a number, about, so that the stream does not grow for ever', async () => {
    const stream = `short:${randomUUID()}`;
    const events = await publisher({ stream, kept: 10 });
    for (let index = 0; index < 500; index++) await events.publish({ type: 'a', data: index });
    expect(Number(await server.ask('XLEN', stream))).toBeLessThan(250);
  });

  it('are passed over where somebody else wrote into the stream', async () => {
    const stream = `foreign:${randomUUID()}`;
    const events = await publisher({ stream });
    const heard: string[] = [];
    await events.subscribe(({ type }) => void heard.push(type));
    await server.ask('XADD', stream, '*', 'something', 'else');
    await server.ask('XADD', stream, '*', 'id', 'x', 'type', 'bad', 'data', '{', 'timestamp', '1');
    await events.publish({ type: 'good', data: null });
    await vi.waitFor(() => expect(heard).toEqual(['good']), { timeout: 3000 });
  });

  it('are refused at once where there is no server, with a reason', async () => {
    const events = await publisher({ url: `redis://127.0.0.1:${await freePort()}`, connectTimeoutMs: 300 });
    const failure = { kind: 'database', reason: 'eventsUnavailable', retryable: true };
    await expect(events.publish({ type: 'a', data: null })).rejects.toMatchObject(failure);
    await expect(events.subscribe(() => {})).rejects.toMatchObject(failure);
  });

  it('are heard again after the server was away, with what was published first when it was back', async () => {
    const own = await startRedisServer();
    onTestFinished(() => own.close());
    const events = await publisher({ url: own.url });
    const heard: string[] = [];
    await events.subscribe(({ type }) => void heard.push(type));
    await events.publish({ type: 'before', data: null });
    await vi.waitFor(() => expect(heard).toEqual(['before']), { timeout: 3000 });
    await own.end('SIGKILL');
    await expect(events.publish({ type: 'lost', data: null })).rejects.toMatchObject({ kind: 'database' });
    await own.start();
    await vi.waitFor(() => events.publish({ type: 'after', data: null }), { timeout: 10_000, interval: 50 });
    await vi.waitFor(() => expect(heard).toEqual(['before', 'after']), { timeout: 10_000 });
  });
});
