import type { ConfigurationSection } from '@quantumtrade/core-traits';
import { collectionSection, coverageSection, errorsSection } from './collection-sections.ts';
import { httpSection, loggingSection } from './daemon-sections.ts';
import { clickhouseSection, redisSection, spoolSection, storageSection } from './storage-sections.ts';
import { alpacaSection, alphaVantageSection, rateLimitsSection } from './vendor-sections.ts';
import { jobsSection, scheduleSection } from './work-sections.ts';

/** Every section of the service, for a configuration provider to check together. */
export const sections: readonly ConfigurationSection<unknown>[] = [
  alphaVantageSection,
  alpacaSection,
  rateLimitsSection,
  collectionSection,
  errorsSection,
  storageSection,
  redisSection,
  spoolSection,
  scheduleSection,
  jobsSection,
  clickhouseSection,
  coverageSection,
  loggingSection,
  httpSection,
];

/** Short names of settings in the environment. */
export const environmentAliases: Readonly<Record<string, string>> = {
  ALPHA_VANTAGE_API_KEY: 'alpha_vantage.api_key',
  ALPHA_VANTAGE_BASE_URL: 'alpha_vantage.base_url',
  APCA_API_KEY_ID: 'alpaca.api_key_id',
  APCA_API_SECRET_KEY: 'alpaca.api_secret_key',
  MARKET_DATA_DIR: 'storage.data_directory',
  REDIS_URL: 'redis.url',
  CLICKHOUSE_URL: 'clickhouse.url',
  CLICKHOUSE_DATABASE: 'storage.database',
  CLICKHOUSE_USER: 'clickhouse.username',
  CLICKHOUSE_USERNAME: 'clickhouse.username',
  CLICKHOUSE_PASSWORD: 'clickhouse.password',
};

/** The prefix of `MARKET_DATA_<SECTION>__<KEY>`. */
export const environmentPrefix = 'MARKET_DATA_';
