import type { ConfigurationProvider, ServiceError } from '@quantumtrade/core-traits';
import type { CollectorCapabilities, MarketDataCollector } from '@quantumtrade/shared-types';
import type { VendorAccount } from './vendor-account.ts';
import type { VendorDependencies } from './vendor-dependencies.ts';

/** Settings of a vendor that do not fit together. */
export interface VendorProblem {
  /** The setting at fault. */
  readonly path: string;
  /** Of kind `configuration`. */
  readonly error: ServiceError;
}

/** How the collector of one vendor is made from the configuration. */
export interface VendorFactory {
  /** The `source` of the bars that the configured collector gives. */
  source(configProvider: ConfigurationProvider): string;
  /** What its collectors offer, for those who plan without one. Anything is planned for a vendor that leaves it out. */
  readonly capabilities?: CollectorCapabilities | undefined;
  /** What is wrong with the vendor's settings as a whole; `undefined` when nothing is. */
  problem?(configProvider: ConfigurationProvider): VendorProblem | undefined;
  /**
   * What the configured key may do, for those who look at it without a collector; `undefined` for a sandbox, which has no
   * limits. Opens nothing yet. Called only where there is no problem. Without it `quota` and `entitlements` say that the
   * vendor tells nothing, and `plan` knows no limits.
   */
  account?(dependencies: VendorDependencies): VendorAccount | undefined;
  /** Opens nothing yet. Called only where there is no problem. */
  create(dependencies: VendorDependencies): MarketDataCollector;
}
