import { createConfigurationProvider, createMonitoring, createRedactor } from '@quantumtrade/core-defaults';
import type { ConfigurationProvider, MonitoringProvider } from '@quantumtrade/core-traits';
import {
  alphaVantageSection,
  clickhouseSection,
  environmentAliases,
  environmentPrefix,
  instruments,
  loggingSection,
  redisSection,
  sections,
  storageSection,
} from '@quantumtrade/market-data-ingestion';

export interface Configured {
  readonly configProvider: ConfigurationProvider;
  readonly monitoring: MonitoringProvider;
  /** One line about what is in use. */
  readonly setup: string;
}

/** Settings from the environment, and logs that never show a secret. */
export function configure(): Configured {
  const configProvider = createConfigurationProvider({
    sections,
    environment: process.env,
    environmentPrefix,
    aliases: environmentAliases,
  });
  const key = configProvider.getConfigSection(alphaVantageSection).api_key;
  const redisUrl = configProvider.getConfigSection(redisSection).url;
  const logging = configProvider.getConfigSection(loggingSection);
  const monitoring = createMonitoring({
    service: 'complete-integration',
    instruments,
    // The example prints what happens; it asks for logs only when told to.
    level: logging.level ?? 'silent',
    format: logging.format ?? 'json',
    redact: createRedactor(() => configProvider.secrets?.() ?? []),
  });
  const server = configProvider.getConfigSection(clickhouseSection).url;
  const clickhouse =
    server === undefined
      ? `embedded ClickHouse (chDB) in ${configProvider.getConfigSection(storageSection).data_directory}`
      : `the ClickHouse server at ${server}`;
  const vendor =
    key === undefined
      ? 'the Alpha Vantage sandbox (ALPHA_VANTAGE_API_KEY switches to the real vendor)'
      : 'Alpha Vantage with your key';
  const cache = redisUrl === undefined ? 'an in-process cache in place of Redis' : 'your Redis as the cache';
  const setup = `Using ${clickhouse}, ${cache}, and ${vendor}.`;
  return { configProvider, monitoring, setup };
}
