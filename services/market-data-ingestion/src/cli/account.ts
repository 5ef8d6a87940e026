import { CollectorMemory } from '../memory/collector-memory.ts';
import { accountOf, activeSource, tellsAccount } from '../vendors/registry.ts';
import { memoryOf, type VendorAccount } from '../vendors/vendor-account.ts';
import type { Application } from './composition.ts';

/** What is said where there is no key. */
export const noLimits = `no API key is set: the vendor's sandbox has no limits`;

/** What the commands about limits and history work with. Nothing of it asks the vendor. */
export interface CommandAccount {
  readonly memory: CollectorMemory;
  /** `undefined` without a key: the sandbox has no limits. */
  readonly vendor: VendorAccount | undefined;
  /** Why there is no account, where there is none. */
  readonly withoutAccount: string;
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
  const withoutAccount = tellsAccount(configuration, choice)
    ? noLimits
    : `${activeSource(configuration, choice)} tells nothing of its limits: its factory in the registry has no account()`;
  if (vendor !== undefined) return { memory: vendor.memory, vendor, withoutAccount, close: () => vendor.quota.close() };
  const memory = new CollectorMemory(memoryOf(configuration, monitoring));
  return { memory, vendor: undefined, withoutAccount, close: async () => memory.close() };
}
