import type { Cache, Clock, ConfigurationProvider, MonitoringProvider } from '@quantumtrade/core-traits';

/** What a vendor's collector is made from. */
export interface VendorDependencies {
  readonly configProvider: ConfigurationProvider;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** Shares with other processes what a key may not ask. */
  readonly cache?: Cache | undefined;
}
