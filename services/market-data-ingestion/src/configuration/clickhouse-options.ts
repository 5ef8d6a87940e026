import type { ConfigurationProvider } from '@quantumtrade/core-traits';
import type { DatabaseManagerOptions } from '@quantumtrade/database-abstraction';
import { clickhouseSection, storageSection } from './storage-sections.ts';

/** What the settings say about ClickHouse: the server of `clickhouse.url`, or the embedded engine in its directory. */
export function clickhouseOptions(configuration: ConfigurationProvider): DatabaseManagerOptions['clickhouse'] {
  const storage = configuration.getConfigSection(storageSection);
  const server = configuration.getConfigSection(clickhouseSection);
  return {
    dataDirectory: storage.data_directory,
    database: storage.database,
    coalescing: { maxDelayMs: storage.coalesce.max_delay_ms, maxRows: storage.coalesce.max_rows },
    url: server.url,
    username: server.username,
    password: server.password,
    cluster: server.cluster,
    connectTimeoutMs: server.connect_timeout_seconds * 1000,
    queryTimeoutMs: server.query_timeout_seconds * 1000,
    maxConnections: server.max_connections,
    retries: server.retries,
  };
}
