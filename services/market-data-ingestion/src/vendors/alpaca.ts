import { createRedactor } from '@quantumtrade/core-defaults';
import { type ConfigurationProvider, Redacted, ServiceError } from '@quantumtrade/core-traits';
import type { MarketDataCollector } from '@quantumtrade/shared-types';
import { createAlpacaSandbox } from '@quantumtrade/vendor-sandbox';
import { AlpacaCollector } from '../collectors/alpaca/alpaca-collector.ts';
import { alpacaCapabilities } from '../collectors/alpaca/capabilities.ts';
import { alpaca } from '../collectors/alpaca/vendor.ts';
import { createVendorHttp } from '../collectors/shared/http.ts';
import { knownSecrets } from '../configuration/known-secrets.ts';
import { type AlpacaSection, alpacaSection } from '../configuration/vendor-sections.ts';
import { MeasuredQuota } from '../quota/measured-quota.ts';
import { unlimited } from '../quota/quota.ts';
import { SandboxCollector } from './sandbox-collector.ts';
import { createVendorAccount, type VendorAccount } from './vendor-account.ts';
import type { VendorDependencies } from './vendor-dependencies.ts';
import type { VendorFactory } from './vendor-factory.ts';

const endpoint = 'https://data.alpaca.markets';
const sandboxSource = 'alpaca_sandbox';

/** Alpaca: the vendor where there are keys, its sandbox where there are none. */
export const alpacaVendor: VendorFactory = {
  capabilities: alpacaCapabilities,
  source: (configProvider) => {
    const section = configProvider.getConfigSection(alpacaSection);
    return section.api_key_id === undefined ? sandboxSource : sourceOf(section);
  },
  problem: (configProvider) => {
    const {
      api_key_id: id,
      api_secret_key: secret,
      base_url: baseUrl,
    } = configProvider.getConfigSection(alpacaSection);
    if (id !== undefined && secret !== undefined) return undefined;
    const found = (path: string): string =>
      `${path} is set and there are not both keys: set APCA_API_KEY_ID and APCA_API_SECRET_KEY too`;
    const path = id !== undefined ? 'api_key_id' : secret !== undefined ? 'api_secret_key' : 'base_url';
    if (path === 'base_url' && baseUrl === undefined) return undefined;
    return { path: `alpaca.${path}`, error: missingKey(found(`alpaca.${path}`)) };
  },
  account: (dependencies) =>
    dependencies.configProvider.getConfigSection(alpacaSection).api_key_id === undefined
      ? undefined
      : createAccount(dependencies),
  create: createAlpacaCollector,
};

/** The keys are looked up for every request, so new ones take effect with the next request; all else stays. */
function createAlpacaCollector(dependencies: VendorDependencies): MarketDataCollector {
  const { configProvider, clock, monitoring } = dependencies;
  const section = configProvider.getConfigSection(alpacaSection);
  if (section.api_key_id === undefined) return createSandbox(section, dependencies);
  return new AlpacaCollector({
    settings: {
      ...settings(section, sourceOf(section)),
      baseUrl: section.base_url ?? endpoint,
      implementation: 'server',
      get keyId() {
        return currentKey(configProvider, 'api_key_id');
      },
      get secretKey() {
        return currentKey(configProvider, 'api_secret_key');
      },
    },
    quota: new MeasuredQuota({ quota: createAccount(dependencies).quota, vendor: alpaca, monitoring }),
    http: createVendorHttp(alpaca),
    clock,
    redact: createRedactor(knownSecrets(configProvider)),
    monitoring,
  });
}

/** Named by the id of its key: a new secret leaves the vendor's count as it is. */
function createAccount(dependencies: VendorDependencies): VendorAccount {
  const { configProvider } = dependencies;
  const { calls_per_minute: perMinute } = configProvider.getConfigSection(alpacaSection);
  return createVendorAccount({
    ...dependencies,
    vendor: alpaca,
    limits: perMinute === 'none' ? {} : { perMinute },
    apiKey: () => currentKey(configProvider, 'api_key_id'),
  });
}

function createSandbox(section: AlpacaSection, { clock, monitoring }: VendorDependencies): SandboxCollector {
  return new SandboxCollector({
    source: sandboxSource,
    component: alpaca.id,
    capabilities: alpacaCapabilities,
    clock,
    sandbox: () => createAlpacaSandbox({ now: () => clock.now() }),
    collector: (baseUrl) =>
      new AlpacaCollector({
        settings: {
          ...settings(section, sandboxSource),
          baseUrl,
          keyId: new Redacted('sandbox-key-id'),
          secretKey: new Redacted('sandbox-secret-key'),
          implementation: 'sandbox',
        },
        quota: unlimited,
        http: createVendorHttp(alpaca),
        clock,
        redact: (text) => text,
        monitoring,
      }),
  });
}

/** Prices of one exchange and of all of them are different data: they never mix under one source. */
function sourceOf({ feed }: AlpacaSection): string {
  return feed === 'iex' ? alpaca.id : `${alpaca.id}_${feed}`;
}

/** The key of this moment. A service that began with one does not turn into the sandbox when it is taken away. */
function currentKey(configProvider: ConfigurationProvider, name: 'api_key_id' | 'api_secret_key'): Redacted<string> {
  const key = configProvider.getConfigSection(alpacaSection)[name];
  if (key !== undefined) return key;
  throw missingKey(`the key was taken out of the running configuration: set alpaca.${name} again, or restart`);
}

function missingKey(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'missingApiKey', message });
}

function settings(section: AlpacaSection, source: string) {
  return {
    source,
    timeoutMs: section.timeout_seconds * 1000,
    feed: section.feed,
    defaultOutputSize: section.default_output_size,
    maxPages: section.max_pages,
  };
}
