import { createRedactor } from '@quantumtrade/core-defaults';
import { type ConfigurationProvider, Redacted, ServiceError } from '@quantumtrade/core-traits';
import type { MarketDataCollector } from '@quantumtrade/shared-types';
import { createAlphaVantageSandbox } from '@quantumtrade/vendor-sandbox';
import { AlphaVantageCollector } from '../collectors/alpha-vantage/alpha-vantage-collector.ts';
import { alphaVantageCapabilities } from '../collectors/alpha-vantage/capabilities.ts';
import { alphaVantage } from '../collectors/alpha-vantage/vendor.ts';
import { createVendorHttp } from '../collectors/shared/http.ts';
import { knownSecrets } from '../configuration/known-secrets.ts';
import {
  type AlphaVantageSection,
  alphaVantageSection,
  type RateLimitsSection,
  rateLimitsSection,
} from '../configuration/vendor-sections.ts';
import { MeasuredQuota } from '../quota/measured-quota.ts';
import { unlimited } from '../quota/quota.ts';
import type { QuotaLimits } from '../quota/rate-plan.ts';
import { SandboxCollector } from './sandbox-collector.ts';
import { createVendorAccount, type VendorAccount } from './vendor-account.ts';
import type { VendorDependencies } from './vendor-dependencies.ts';
import type { VendorFactory } from './vendor-factory.ts';

const endpoint = 'https://www.alphavantage.co/query';

/** The `source` of bars from the real vendor, and of bars from the sandbox: the two never mix. */
const vendorSource = alphaVantage.id;
const sandboxSource = 'alpha_vantage_sandbox';

/** Requests a day of a free key. */
const freeCallsPerDay = 25;

/** Alpha Vantage: the vendor where there is a key, its sandbox where there is none. */
export const alphaVantageVendor: VendorFactory = {
  capabilities: alphaVantageCapabilities,
  source: (configProvider) =>
    configProvider.getConfigSection(alphaVantageSection).api_key === undefined ? sandboxSource : vendorSource,
  problem: (configProvider) => {
    const { api_key: apiKey, base_url: baseUrl } = configProvider.getConfigSection(alphaVantageSection);
    if (apiKey !== undefined || baseUrl === undefined) return undefined;
    const message = 'alpha_vantage.base_url is set and there is no key: set ALPHA_VANTAGE_API_KEY too';
    return { path: 'alpha_vantage.base_url', error: missingKey(message) };
  },
  account: (dependencies) =>
    dependencies.configProvider.getConfigSection(alphaVantageSection).api_key === undefined
      ? undefined
      : createAccount(dependencies),
  create: createAlphaVantageCollector,
};

/** Its key is looked up for every request, so a new one takes effect with the next request; all else stays. */
function createAlphaVantageCollector(dependencies: VendorDependencies): MarketDataCollector {
  const { configProvider, clock, monitoring } = dependencies;
  const section = configProvider.getConfigSection(alphaVantageSection);
  if (section.api_key === undefined) return createSandbox(section, dependencies);
  const { quota, entitlements } = createAccount(dependencies);
  return new AlphaVantageCollector({
    settings: {
      ...settings(section, vendorSource),
      baseUrl: section.base_url ?? endpoint,
      implementation: 'server',
      get apiKey() {
        return currentKey(configProvider);
      },
    },
    quota: new MeasuredQuota({ quota, vendor: alphaVantage, monitoring }),
    entitlements,
    http: createVendorHttp(),
    clock,
    redact: createRedactor(knownSecrets(configProvider)),
    monitoring,
  });
}

function createAccount(dependencies: VendorDependencies): VendorAccount {
  const { configProvider } = dependencies;
  return createVendorAccount({
    ...dependencies,
    vendor: alphaVantage,
    limits: quotaLimits(configProvider.getConfigSection(rateLimitsSection)),
    apiKey: () => currentKey(configProvider),
  });
}

function createSandbox(section: AlphaVantageSection, { clock, monitoring }: VendorDependencies): SandboxCollector {
  return new SandboxCollector({
    source: sandboxSource,
    component: alphaVantage.id,
    capabilities: alphaVantageCapabilities,
    clock,
    sandbox: () => createAlphaVantageSandbox({ now: () => clock.now() }),
    collector: (baseUrl) =>
      new AlphaVantageCollector({
        settings: {
          ...settings(section, sandboxSource),
          baseUrl,
          apiKey: new Redacted('sandbox-key'),
          implementation: 'sandbox',
        },
        quota: unlimited,
        http: createVendorHttp(),
        clock,
        redact: (text) => text,
        monitoring,
      }),
  });
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
    extendedHours: section.extended_hours,
    entitlement: section.entitlement,
  };
}

/** The limits that the configuration gives a key. */
function quotaLimits(section: RateLimitsSection): QuotaLimits {
  const perDay = section.calls_per_day ?? (section.is_premium ? 'none' : freeCallsPerDay);
  return {
    ...(section.calls_per_second === 'none' ? {} : { perSecond: section.calls_per_second }),
    ...(section.calls_per_minute === 'none' ? {} : { perMinute: section.calls_per_minute }),
    ...(perDay === 'none' ? {} : { perDay }),
  };
}
