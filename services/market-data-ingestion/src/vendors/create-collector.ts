import { createRedactor } from '@quantumtrade/core-defaults';
import {
  type Clock,
  type ConfigurationProvider,
  type MonitoringProvider,
  ServiceError,
} from '@quantumtrade/core-traits';
import type { MarketDataCollector } from '@quantumtrade/shared-types';
import { AlphaVantageCollector } from '../collectors/alpha-vantage/alpha-vantage-collector.ts';
import { createVendorHttp } from '../collectors/alpha-vantage/http.ts';
import { createQuota } from '../collectors/alpha-vantage/quota.ts';
import {
  type AlphaVantageSection,
  alphaVantageSection,
  type RateLimitsSection,
  rateLimitsSection,
} from '../configuration/sections.ts';
import { SandboxCollector } from './sandbox-collector.ts';

const endpoint = 'https://www.alphavantage.co/query';

/** The `source` of bars from the real vendor, and of bars from the sandbox: the two never mix. */
const vendorSource = 'alpha_vantage';
const sandboxSource = 'alpha_vantage_sandbox';

/** Requests a day of a free key. */
const freeCallsPerDay = 25;

export interface CollectorDependencies {
  readonly configProvider: ConfigurationProvider;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
}

/** The source that the configuration chooses: the vendor where there is a key, the sandbox where there is none. */
export function activeSource(configProvider: ConfigurationProvider): string {
  return configProvider.getConfigSection(alphaVantageSection).api_key === undefined ? sandboxSource : vendorSource;
}

/**
 * The Alpha Vantage collector that the configuration asks for.
 *
 * @throws ServiceError of kind `configuration`, reason `missingApiKey`, for an endpoint without a key.
 */
export function createCollector(dependencies: CollectorDependencies): MarketDataCollector {
  const { configProvider, clock, monitoring } = dependencies;
  const section = configProvider.getConfigSection(alphaVantageSection);
  if (section.api_key === undefined) {
    if (section.base_url !== undefined) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'missingApiKey',
        message: 'alpha_vantage.base_url is set and there is no key: set ALPHA_VANTAGE_API_KEY too',
      });
    }
    return new SandboxCollector({ clock, monitoring, settings: settings(section, sandboxSource) });
  }
  const { api_key: apiKey, base_url: baseUrl = endpoint } = section;
  return new AlphaVantageCollector({
    settings: { ...settings(section, vendorSource), baseUrl, apiKey, implementation: 'server' },
    quota: createQuota({ ...limits(configProvider.getConfigSection(rateLimitsSection)), clock }),
    http: createVendorHttp(),
    clock,
    redact: createRedactor(() => [apiKey.reveal()]),
    monitoring,
  });
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

function limits(section: RateLimitsSection): { perSecond?: number; perMinute?: number; perDay?: number } {
  const perDay = section.calls_per_day ?? (section.is_premium ? 'none' : freeCallsPerDay);
  return {
    ...(section.calls_per_second === 'none' ? {} : { perSecond: section.calls_per_second }),
    ...(section.calls_per_minute === 'none' ? {} : { perMinute: section.calls_per_minute }),
    ...(perDay === 'none' ? {} : { perDay }),
  };
}
