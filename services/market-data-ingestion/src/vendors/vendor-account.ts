import { createHash } from 'node:crypto';
import type { ConfigurationProvider, MonitoringProvider, Redacted } from '@quantumtrade/core-traits';
import type { Vendor } from '../collectors/shared/vendor.ts';
import { redisSection, storageSection } from '../configuration/storage-sections.ts';
import { rateLimitsSection } from '../configuration/vendor-sections.ts';
import { Entitlements } from '../entitlements/entitlements.ts';
import { CollectorMemory, type CollectorMemoryDependencies } from '../memory/collector-memory.ts';
import { createQuota } from '../quota/create-quota.ts';
import type { Quota } from '../quota/quota.ts';
import { type QuotaLimits, type RatePlan, ratePlanOf } from '../quota/rate-plan.ts';
import { connectRedisScripts, type RedisScriptsFactory } from '../quota/redis-scripts.ts';
import { RotatingQuota } from '../quota/rotating-quota.ts';
import type { VendorDependencies } from './vendor-dependencies.ts';

export interface VendorAccountDependencies extends VendorDependencies {
  readonly vendor: Vendor;
  readonly limits: QuotaLimits;
  /** The key of this moment, or what else names the account. */
  readonly apiKey: () => Redacted<string>;
  /** @default ioredis */
  readonly connectRedis?: RedisScriptsFactory | undefined;
}

/** What a key may do: how often it may ask, and what. */
export interface VendorAccount {
  readonly plan: RatePlan;
  /** Its `close` lets go of Redis and of the file in the data directory. */
  readonly quota: Required<Quota>;
  readonly entitlements: Entitlements;
  readonly memory: CollectorMemory;
}

const day = 86_400_000;

/** An account at a vendor. Nothing is opened before it is used. */
export function createVendorAccount(dependencies: VendorAccountDependencies): VendorAccount {
  const { vendor, limits, apiKey, configProvider, clock, monitoring, cache } = dependencies;
  const { connectRedis = connectRedisScripts } = dependencies;
  const section = configProvider.getConfigSection(rateLimitsSection);
  const redis = configProvider.getConfigSection(redisSection);
  const memory = new CollectorMemory(memoryOf(configProvider, monitoring));
  const scripts =
    redis.url &&
    connectRedis(redis.url.reveal(), {
      keyPrefix: redis.key_prefix,
      connectTimeoutMs: redis.connect_timeout_seconds * 1000,
      commandTimeoutMs: redis.command_timeout_ms,
    });
  const account = (): string => accountOf(vendor, apiKey());
  const quota = new RotatingQuota({
    account,
    quotaOf: (name) =>
      createQuota({
        ...limits,
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
  const entitlements = new Entitlements({ memory, cache, clock, vendor, account, expiryMs, monitoring });
  return { plan: ratePlanOf(limits), quota, memory, entitlements };
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

/** Names a key without telling it. */
function accountOf(vendor: Vendor, apiKey: Redacted<string>): string {
  return createHash('sha256').update(`${vendor.id}\n${apiKey.reveal()}`).digest('hex').slice(0, 32);
}
