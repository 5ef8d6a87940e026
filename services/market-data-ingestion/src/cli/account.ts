import { CollectorMemory } from '../memory/collector-memory.ts';
import { accountOf } from '../vendors/registry.ts';
import { memoryOf, type VendorAccount } from '../vendors/vendor-account.ts';
import type { Application } from './composition.ts';

/** What the commands about limits and history work with. Nothing of it asks the vendor. */
export interface CommandAccount {
  readonly memory: CollectorMemory;
  /** `undefined` without a key: the sandbox has no limits. */
  readonly vendor: VendorAccount | undefined;
  close(): Promise<void>;
}

/** The account of the configured key of the chosen vendor. */
export function openAccount({
  configuration,
  clock,
  monitoring,
  databaseManager,
  choice,
}: Application): CommandAccount {
  const vendor = accountOf({
    configProvider: configuration,
    clock,
    monitoring,
    cache: databaseManager.redis,
    ...choice,
  });
  if (vendor !== undefined) return { memory: vendor.memory, vendor, close: () => vendor.quota.close() };
  const memory = new CollectorMemory(memoryOf(configuration, monitoring));
  return { memory, vendor: undefined, close: async () => memory.close() };
}
