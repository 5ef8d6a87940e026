import { createHash } from 'node:crypto';
import type { Cache, Clock, ConfigurationProvider, MonitoringProvider, Redacted } from '@quantumtrade/core-traits';
import { type RateLimitsSection, rateLimitsSection, redisSection, storageSection } from '../configuration/sections.ts';
import { Entitlements } from '../entitlements/entitlements.ts';
import { CollectorMemory, type CollectorMemoryDependencies } from '../memory/collector-memory.ts';
import { createQuota } from '../quota/create-quota.ts';
import type { VendorName } from '../quota/limit-error.ts';
import type { Quota } from '../quota/quota.ts';
import type { QuotaLimits } from '../quota/rate-plan.ts';
import { connectRedisScripts, type RedisScriptsFactory } from '../quota/redis-scripts.ts';
import { RotatingQuota } from '../quota/rotating-quota.ts';

export interface VendorAccountDependencies {
  readonly configProvider: ConfigurationProvider;
  readonly clock: Clock;
  readonly monitoring?: Pick<MonitoringProvider, 'logWarn' | 'logInfo'> | undefined;
  /** The key of this moment. */
  readonly apiKey: () => Redacted<string>;
  /** Shares with other processes what the key may not ask. */
  readonly cache?: Cache | undefined;
  /** @default ioredis */
  readonly connectRedis?: RedisScriptsFactory | undefined;
}

/** What a key may do: how often it may ask, and what. */
export interface VendorAccount {
  /** Its `close` lets go of Redis and of the file in the data directory. */
  readonly quota: Required<Quota>;
  readonly entitlements: Entitlements;
  readonly memory: CollectorMemory;
}

/** Requests a day of a free key. */
const freeCallsPerDay = 25;

const day = 86_400_000;

const vendor: VendorName = { id: 'alpha_vantage', name: 'Alpha Vantage' };

/** The account at Alpha Vantage that the configuration names. Nothing is opened before it is used. */
export function createVendorAccount(dependencies: VendorAccountDependencies): VendorAccount {
  const { configProvider, clock, monitoring, apiKey, cache, connectRedis = connectRedisScripts } = dependencies;
  const section = configProvider.getConfigSection(rateLimitsSection);
  const { url } = configProvider.getConfigSection(redisSection);
  const memory = new CollectorMemory(memoryOf(configProvider, monitoring));
  const scripts = url && connectRedis(url.reveal());
  const account = (): string => accountOf(apiKey());
  const quota = new RotatingQuota({
    account,
    quotaOf: (name) =>
      createQuota({
        ...quotaLimits(section),
        clock,
        vendor,
        memory: memory.ledgerOf(name),
        redis: scripts && { scripts, account: name },
        processes: section.processes,
        monitoring,
      }),
    release: () => memory.close(),
  });
  const expiryMs = section.remember_refusals_days * day;
  return { quota, memory, entitlements: new Entitlements({ memory, cache, clock, vendor, account, expiryMs }) };
}

/** Where collectors remember things, and how a place that cannot be used is told of. */
export function memoryOf(
  configProvider: ConfigurationProvider,
  monitoring: Pick<MonitoringProvider, 'logWarn'> | undefined,
): CollectorMemoryDependencies {
  const { data_directory: directory } = configProvider.getConfigSection(storageSection);
  return {
    directory,
    onProblem: (error) => {
      const facts = { directory, error: error.message };
      monitoring?.logWarn('what is known of the vendor will be forgotten when this process ends', facts);
    },
  };
}

/** The limits that the configuration gives a key. */
export function quotaLimits(section: RateLimitsSection): QuotaLimits {
  const perDay = section.calls_per_day ?? (section.is_premium ? 'none' : freeCallsPerDay);
  return {
    ...(section.calls_per_second === 'none' ? {} : { perSecond: section.calls_per_second }),
    ...(section.calls_per_minute === 'none' ? {} : { perMinute: section.calls_per_minute }),
    ...(perDay === 'none' ? {} : { perDay }),
  };
}

/** Names a key without telling it. */
function accountOf(apiKey: Redacted<string>): string {
  return createHash('sha256').update(`${vendor.id}\n${apiKey.reveal()}`).digest('hex').slice(0, 32);
}
