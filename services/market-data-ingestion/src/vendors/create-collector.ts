import { createRedactor } from '@quantumtrade/core-defaults';
import {
  type Cache,
  type Clock,
  type ConfigurationProvider,
  type MonitoringProvider,
  type Redacted,
  ServiceError,
} from '@quantumtrade/core-traits';
import type { MarketDataCollector } from '@quantumtrade/shared-types';
import { AlphaVantageCollector } from '../collectors/alpha-vantage/alpha-vantage-collector.ts';
import { createVendorHttp } from '../collectors/alpha-vantage/http.ts';
import { knownSecrets } from '../configuration/known-secrets.ts';
import { type AlphaVantageSection, alphaVantageSection } from '../configuration/sections.ts';
import { SandboxCollector } from './sandbox-collector.ts';
import { createVendorAccount } from './vendor-account.ts';

const endpoint = 'https://www.alphavantage.co/query';

/** The `source` of bars from the real vendor, and of bars from the sandbox: the two never mix. */
const vendorSource = 'alpha_vantage';
const sandboxSource = 'alpha_vantage_sandbox';

export interface CollectorDependencies {
  readonly configProvider: ConfigurationProvider;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** Shares with other processes what a key may not ask. */
  readonly cache?: Cache | undefined;
}

/** The source that the configuration chooses: the vendor where there is a key, the sandbox where there is none. */
export function activeSource(configProvider: ConfigurationProvider): string {
  return configProvider.getConfigSection(alphaVantageSection).api_key === undefined ? sandboxSource : vendorSource;
}

/**
 * The Alpha Vantage collector that the configuration asks for. Its key is looked up for every request, so a new one
 * takes effect with the next request; all else stays as it is when the collector is made.
 *
 * @throws ServiceError of kind `configuration`, reason `missingApiKey`, for an endpoint without a key.
 */
export function createCollector(dependencies: CollectorDependencies): MarketDataCollector {
  const { configProvider, clock, monitoring } = dependencies;
  requireKeyForEndpoint(configProvider);
  const section = configProvider.getConfigSection(alphaVantageSection);
  if (section.api_key === undefined) {
    return new SandboxCollector({ clock, monitoring, settings: settings(section, sandboxSource) });
  }
  const { quota, entitlements } = createVendorAccount({
    ...dependencies,
    apiKey: () => currentKey(configProvider),
  });
  return new AlphaVantageCollector({
    settings: {
      ...settings(section, vendorSource),
      baseUrl: section.base_url ?? endpoint,
      implementation: 'server',
      get apiKey() {
        return currentKey(configProvider);
      },
    },
    quota,
    entitlements,
    http: createVendorHttp(),
    clock,
    redact: createRedactor(knownSecrets(configProvider)),
    monitoring,
  });
}

/**
 * Refuses an endpoint that nobody has a key for.
 *
 * @throws ServiceError of kind `configuration`, reason `missingApiKey`.
 */
export function requireKeyForEndpoint(configProvider: ConfigurationProvider): void {
  const { api_key: apiKey, base_url: baseUrl } = configProvider.getConfigSection(alphaVantageSection);
  if (apiKey !== undefined || baseUrl === undefined) return;
  throw missingKey('alpha_vantage.base_url is set and there is no key: set ALPHA_VANTAGE_API_KEY too');
}

/** The key of this moment. A service that began with one does not turn into the sandbox when it is taken away. */
function currentKey(configProvider: ConfigurationProvider): Redacted<string> {
  const { api_key: apiKey } = configProvider.getConfigSection(alphaVantageSection);
  if (apiKey !== undefined) return apiKey;
  throw missingKey('the key was taken out of the running configuration: set alpha_vantage.api_key again, or restart');
}

function missingKey(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'missingApiKey', message });
}

function settings(section: AlphaVantageSection, source: string) {
  return {
    source,
    timeoutMs: section.timeout_seconds * 1000,
    defaultOutputSize: section.default_output_size,
    barLabel: section.bar_label,
    dataType: section.datatype,
  };
}
