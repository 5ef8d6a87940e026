import { type ConfigurationProvider, ServiceError } from '@quantumtrade/core-traits';
import type { CollectorCapabilities, MarketDataCollector } from '@quantumtrade/shared-types';
import { collectionSection } from '../configuration/collection-sections.ts';
import { alpacaVendor } from './alpaca.ts';
import { alphaVantageVendor } from './alpha-vantage.ts';
import type { VendorAccount } from './vendor-account.ts';
import type { VendorDependencies } from './vendor-dependencies.ts';
import type { VendorFactory, VendorProblem } from './vendor-factory.ts';

/** Vendors by the name that `collection.source` and `--source` choose them by. */
export type VendorRegistry = ReadonlyMap<string, VendorFactory>;

/** The vendors of this package. A host adds its own in a map of its own: `new Map([...vendors, [name, factory]])`. */
export const vendors: VendorRegistry = new Map([
  ['alpha_vantage', alphaVantageVendor],
  ['alpaca', alpacaVendor],
]);

/** Which vendor is meant, and out of which. */
export interface VendorChoice {
  /** @default what `collection.source` says */
  readonly vendor?: string | undefined;
  /** @default the vendors of this package */
  readonly registry?: VendorRegistry | undefined;
}

/**
 * The collector of the chosen vendor, by the vendor's own settings.
 *
 * @throws ServiceError of kind `configuration`: reason `unknownVendor`, or what is wrong with the vendor's settings.
 */
export function createCollector(dependencies: VendorDependencies & VendorChoice): MarketDataCollector {
  return usable(dependencies).create(dependencies);
}

/** What the configured key of the chosen vendor may do; `undefined` for a sandbox. @throws as {@link createCollector} does. */
export function accountOf(dependencies: VendorDependencies & VendorChoice): VendorAccount | undefined {
  return usable(dependencies).account?.(dependencies);
}

/** Whether the chosen vendor says what a key may do: all of this package do. @throws as {@link createCollector} does. */
export function tellsAccount(configProvider: ConfigurationProvider, choice: VendorChoice = {}): boolean {
  return vendorOf(configProvider, choice).account !== undefined;
}

/** What the chosen vendor offers, as far as it says so. @throws as {@link createCollector} does. */
export function capabilitiesOf(
  configProvider: ConfigurationProvider,
  choice: VendorChoice = {},
): CollectorCapabilities | undefined {
  return vendorOf(configProvider, choice).capabilities;
}

/** The `source` of the bars that the chosen vendor's collector gives. @throws as {@link createCollector} does. */
export function activeSource(configProvider: ConfigurationProvider, choice: VendorChoice = {}): string {
  return vendorOf(configProvider, choice).source(configProvider);
}

/** What is wrong with the choice of a vendor or with its settings; `undefined` when nothing is. */
export function vendorProblem(
  configProvider: ConfigurationProvider,
  choice: VendorChoice = {},
): VendorProblem | undefined {
  const { name, factory } = lookUp(configProvider, choice);
  if (factory === undefined) return { path: 'collection.source', error: unknownVendor(name, choice) };
  return factory.problem?.(configProvider);
}

/** The factory of the chosen vendor. @throws ServiceError of kind `configuration`, reason `unknownVendor`. */
function vendorOf(configProvider: ConfigurationProvider, choice: VendorChoice = {}): VendorFactory {
  const { name, factory } = lookUp(configProvider, choice);
  if (factory === undefined) throw unknownVendor(name, choice);
  return factory;
}

/** The factory of the chosen vendor, whose settings fit together. */
function usable(dependencies: VendorDependencies & VendorChoice): VendorFactory {
  const { configProvider } = dependencies;
  const factory = vendorOf(configProvider, dependencies);
  const problem = factory.problem?.(configProvider);
  if (problem !== undefined) throw problem.error;
  return factory;
}

function lookUp(
  configProvider: ConfigurationProvider,
  { vendor, registry = vendors }: VendorChoice,
): { readonly name: string; readonly factory: VendorFactory | undefined } {
  const name = vendor ?? configProvider.getConfigSection(collectionSection).source;
  return { name, factory: registry.get(name) };
}

function unknownVendor(name: string, { registry = vendors }: VendorChoice): ServiceError {
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  return new ServiceError({
    kind: 'configuration',
    reason: 'unknownVendor',
    message: `vendor ${shown} is unknown: use ${[...registry.keys()].join(', ')}`,
  });
}
