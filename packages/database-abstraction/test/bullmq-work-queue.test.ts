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
});
