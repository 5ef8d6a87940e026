export type { CacheOptions } from './cache/create-cache.ts';
export { InProcessCache, type InProcessCacheOptions } from './cache/in-process-cache.ts';
export { cacheInstruments } from './cache/instruments.ts';
export { RedisCache, type RedisCacheOptions } from './cache/redis-cache.ts';
export {
  createDatabaseManager,
  type DatabaseManager,
  type DatabaseManagerOptions,
  DatabaseManagerToken,
  type ServerOptions,
} from './database-manager.ts';
export { createEventPublisher, type EventPublisherOptions } from './events/create-event-publisher.ts';
export { InProcessEventPublisher, type InProcessEventPublisherOptions } from './events/in-process-event-publisher.ts';
export { RedisEventPublisher, type RedisEventPublisherOptions } from './events/redis-event-publisher.ts';
export type { CleanUpReport } from './maintenance/clean-up.ts';
export {
  type MaintainedTable,
  type MarketDataMaintenance,
  maintainedTables,
  type OptimisedTable,
  type RetentionRule,
  type RetiredRows,
} from './maintenance/market-data-maintenance.ts';
export type { MigrationReport } from './migrations/run-migrations.ts';
export {
  parseRedisAddress,
  type RedisAddress,
  type RedisClientAddress,
  redisClientAddress,
} from './redis/redis-address.ts';
export type { CircuitState, RedisConnectionOptions } from './redis/redis-connection.ts';
export { type BackupOptions, type BackupReport, backUpDataDirectory } from './transfer/backup.ts';
export type { BackupFile } from './transfer/backup-manifest.ts';
export { type BarFileFormat, type BarPartition, barFileFormats, formatOfFile } from './transfer/bar-file.ts';
export type { BarSelection, ExportedFile, ExportTarget } from './transfer/export-bars.ts';
export type { ImportedFile } from './transfer/import-bars.ts';
export type { MarketDataTransfer } from './transfer/market-data-transfer.ts';
export { type RestoreOptions, restoreDataDirectory } from './transfer/restore.ts';
export { createWorkQueue, type WorkQueueOptions } from './work/create-work-queue.ts';
export { type PushedText, RedisInbox, type RedisInboxOptions } from './work/redis-inbox.ts';
