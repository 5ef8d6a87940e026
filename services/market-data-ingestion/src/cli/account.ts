import { alphaVantageSection, rateLimitsSection } from '../configuration/sections.ts';
import { CollectorMemory } from '../memory/collector-memory.ts';
import { type RatePlan, ratePlanOf } from '../quota/rate-plan.ts';
import { createVendorAccount, memoryOf, quotaLimits, type VendorAccount } from '../vendors/vendor-account.ts';
import type { Application } from './composition.ts';

/** What the commands about limits and history work with. Nothing of it asks the vendor. */
export interface CommandAccount {
  readonly memory: CollectorMemory;
  /** `undefined` without a key: the sandbox has no limits. */
  readonly vendor: VendorAccount | undefined;
  readonly plan: RatePlan | undefined;
  close(): Promise<void>;
}

/** The account of the configured key. */
export function openAccount({ configuration, clock, monitoring, databaseManager }: Application): CommandAccount {
  const { api_key: apiKey } = configuration.getConfigSection(alphaVantageSection);
  if (apiKey === undefined) {
    const memory = new CollectorMemory(memoryOf(configuration, monitoring));
    return { memory, vendor: undefined, plan: undefined, close: async () => memory.close() };
  }
  const vendor = createVendorAccount({
    configProvider: configuration,
    clock,
    monitoring,
    apiKey: () => apiKey,
    cache: databaseManager.redis,
  });
  const plan = ratePlanOf(quotaLimits(configuration.getConfigSection(rateLimitsSection)));
  return { memory: vendor.memory, vendor, plan, close: () => vendor.quota.close() };
}
