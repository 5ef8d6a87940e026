import { randomUUID } from 'node:crypto';
import { workQueueSuite } from '@quantumtrade/core-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BullMqWorkQueue } from '../src/work/bullmq-work-queue.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './support/redis-server.ts';

describe.skipIf(!hasRedisServer)('BullMqWorkQueue (redis-server absent)', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(async () => {
    await server.close();
  });
  workQueueSuite(
    { describe, it, expect },
    {
      create: async () => {
        const subject = new BullMqWorkQueue({ url: server.url, name: randomUUID(), clock: { now: Date.now } });
        return { subject, dispose: () => subject.close() };
      },
    },
  );

  it('reaches a server whose password is pasted as it is', async () => {
    const guarded = await startRedisServer('--requirepass', '50%');
    const url = `redis://:50%@127.0.0.1:${guarded.port}`;
    const queue = new BullMqWorkQueue({ url, name: randomUUID(), clock: { now: Date.now } });
    try {
      await queue.add([{ id: 'one', group: 'job', payload: null }]);
      expect((await queue.get('one'))?.state).toBe('pending');
    } finally {
      await queue.close();
      await guarded.close();
    }
  });
});

it('a queue with an address that is none is refused', () => {
  const create = () => new BullMqWorkQueue({ url: 'localhost:6379', name: 'jobs', clock: { now: Date.now } });
  expect(create).toThrow(expect.objectContaining({ kind: 'configuration', reason: 'invalidSetting' }));
});
