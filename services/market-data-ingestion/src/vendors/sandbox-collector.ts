import { type Clock, type ComponentHealth, ServiceError } from '@quantumtrade/core-traits';
import type {
  BarRequest,
  CollectorCapabilities,
  CollectorOptions,
  CorporateActionRequest,
  MarketDataCollector,
  RawBars,
  RawCorporateActions,
} from '@quantumtrade/shared-types';
import { requireActionsOffered } from '@quantumtrade/shared-types';
import { type SandboxServer, type ServedSandbox, startSandboxServer } from '@quantumtrade/vendor-sandbox';

export interface SandboxCollectorDependencies {
  readonly source: string;
  /** The component's id in health. */
  readonly component: string;
  readonly capabilities: CollectorCapabilities;
  readonly clock: Clock;
  readonly sandbox: () => ServedSandbox;
  /** Makes the vendor's own collector for the address at which the sandbox listens. */
  readonly collector: (baseUrl: string) => MarketDataCollector;
}

/** The collector of a service without a key: it runs the vendor's stand-in on the loopback and asks that. */
export class SandboxCollector implements MarketDataCollector {
  readonly source: string;
  readonly capabilities: CollectorCapabilities;
  readonly #dependencies: SandboxCollectorDependencies;
  #server: SandboxServer | undefined;
  #collector: MarketDataCollector | undefined;

  constructor(dependencies: SandboxCollectorDependencies) {
    this.#dependencies = dependencies;
    this.source = dependencies.source;
    this.capabilities = dependencies.capabilities;
  }

  async connect(): Promise<void> {
    if (this.#collector !== undefined) return;
    const { sandbox, collector } = this.#dependencies;
    this.#server = await startSandboxServer(sandbox());
    this.#collector = collector(this.#server.url);
  }

  async fetchBars(request: BarRequest, options?: CollectorOptions): Promise<RawBars> {
    return await this.#connected().fetchBars(request, options);
  }

  async fetchCorporateActions(
    request: CorporateActionRequest,
    options?: CollectorOptions,
  ): Promise<RawCorporateActions> {
    requireActionsOffered(this.capabilities, this.source, request);
    const collector = this.#connected();
    if (collector.fetchCorporateActions !== undefined) return await collector.fetchCorporateActions(request, options);
    throw new ServiceError({
      kind: 'configuration',
      reason: 'notOffered',
      message: `${this.source} has no corporate actions: use another source`,
    });
  }

  health(): ComponentHealth {
    const { clock, component } = this.#dependencies;
    return (
      this.#collector?.health() ?? {
        name: component,
        implementation: 'sandbox',
        status: 'healthy',
        message: 'not connected',
        lastCheck: clock.now(),
        responseTimeMs: 0,
      }
    );
  }

  #connected(): MarketDataCollector {
    if (this.#collector !== undefined) return this.#collector;
    throw new ServiceError({ kind: 'system', reason: 'notRunning', message: 'the sandbox is not connected' });
  }

  async close(): Promise<void> {
    await this.#collector?.close?.();
    await this.#server?.close();
    this.#collector = undefined;
    this.#server = undefined;
  }
}
