export { InProcessCache, type InProcessCacheOptions } from './cache/in-process-cache.ts';
export {
  createDatabaseManager,
  type DatabaseManager,
  type DatabaseManagerOptions,
  DatabaseManagerToken,
  type ServerOptions,
} from './database-manager.ts';
export type { MigrationReport } from './migrations/run-migrations.ts';
