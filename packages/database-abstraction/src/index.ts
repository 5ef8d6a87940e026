export type { CacheOptions } from './cache/create-cache.ts';
export { InProcessCache, type InProcessCacheOptions } from './cache/in-process-cache.ts';
export { parseRedisAddress, type RedisAddress } from './cache/redis-address.ts';
export { RedisCache, type RedisCacheOptions } from './cache/redis-cache.ts';
export {
  createDatabaseManager,
  type DatabaseManager,
  type DatabaseManagerOptions,
  DatabaseManagerToken,
} from './database-manager.ts';
export type { MigrationReport } from './migrations/run-migrations.ts';
export { createWorkQueue, type WorkQueueOptions } from './work/create-work-queue.ts';
