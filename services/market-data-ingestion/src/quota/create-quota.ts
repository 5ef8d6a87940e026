import type { Clock, MonitoringProvider } from '@quantumtrade/core-traits';
import { alphaVantage } from '../collectors/alpha-vantage/vendor.ts';
import type { Vendor } from '../collectors/shared/vendor.ts';
import type { Ledger } from './ledger.ts';
import { type LedgerMemory, ProcessLedger } from './process-ledger.ts';
import { QueuedQuota } from './queued-quota.ts';
import type { Quota } from './quota.ts';
import { type QuotaLimits, ratePlanOf, shareOf } from './rate-plan.ts';
import { RedisLedger } from './redis-ledger.ts';
import type { RedisScripts } from './redis-scripts.ts';
import { SharedLedger } from './shared-ledger.ts';

export interface QuotaOptions extends QuotaLimits {
  readonly clock: Clock;
  /** @default Alpha Vantage */
  readonly vendor?: Vendor | undefined;
  /** What outlives the process; nothing does without it. */
  readonly memory?: LedgerMemory | undefined;
  /** Where all processes of an account count together. */
  readonly redis?: { readonly scripts: RedisScripts; readonly account: string } | undefined;
  /**
   * Processes that use the account. Each keeps to its part while they do not count together.
   *
   * @default 1 without Redis; 2 while Redis is away
   */
  readonly processes?: number | undefined;
  readonly monitoring?: Pick<MonitoringProvider, 'logWarn' | 'logInfo'> | undefined;
}

/**
 * A quota for one account of a vendor: in this process, or together with others through Redis.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidQuota`, for limits below one request (`perSecond`: not
 * above 0).
 */
export function createQuota(options: QuotaOptions): Quota {
  const { clock, vendor = alphaVantage } = options;
  return new QueuedQuota({ ledger: ledgerOf(options, vendor), clock, vendor });
}

function ledgerOf({ clock, memory, redis, processes, monitoring, ...limits }: QuotaOptions, vendor: Vendor): Ledger {
  const plan = ratePlanOf(limits);
  if (redis === undefined) return new ProcessLedger({ plan: shareOf(plan, 1 / (processes ?? 1)), clock, memory });
  const service = { vendor: vendor.id };
  return new SharedLedger({
    shared: new RedisLedger({ ...redis, plan }),
    own: new ProcessLedger({ plan: shareOf(plan, 1 / (processes ?? 2)), clock, memory }),
    clock,
    onChange: (away) => {
      if (away === undefined) monitoring?.logInfo('the quota is counted in Redis again', service);
      else {
        const facts = { ...service, error: away.message };
        monitoring?.logWarn('Redis is away: this process keeps to its share of the quota', facts);
      }
    },
  });
}
