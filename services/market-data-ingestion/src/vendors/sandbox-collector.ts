import {
  type Clock,
  type ComponentHealth,
  type MonitoringProvider,
  Redacted,
  ServiceError,
} from '@quantumtrade/core-traits';
import type { BarRequest, CollectorOptions, MarketDataCollector, RawBars } from '@quantumtrade/shared-types';
import { createAlphaVantageSandbox, type SandboxServer, startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { AlphaVantageCollector } from '../collectors/alpha-vantage/alpha-vantage-collector.ts';
import { createVendorHttp } from '../collectors/alpha-vantage/http.ts';
import type { AlphaVantageSettings } from '../collectors/alpha-vantage/settings.ts';
import { unlimited } from '../quota/quota.ts';

export interface SandboxCollectorDependencies {
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  readonly settings: Omit<AlphaVantageSettings, 'baseUrl' | 'apiKey' | 'implementation'>;
}

/** The collector of a service without a key: it runs the vendor's stand-in on the loopback and asks that. */
export class SandboxCollector implements MarketDataCollector {
  readonly source: string;
  readonly #dependencies: SandboxCollectorDependencies;
  #server: SandboxServer | undefined;
  #collector: AlphaVantageCollector | undefined;

  constructor(dependencies: SandboxCollectorDependencies) {
    this.#dependencies = dependencies;
    this.source = dependencies.settings.source;
  }

  async connect(): Promise<void> {
    if (this.#collector !== undefined) return;
    const { clock, monitoring, settings } = this.#dependencies;
    this.#server = await startSandboxServer(createAlphaVantageSandbox({ now: () => clock.now() }));
    this.#collector = new AlphaVantageCollector({
      settings: {
        ...settings,
        baseUrl: this.#server.url,
        apiKey: new Redacted('sandbox-key'),
        implementation: 'sandbox',
      },
      quota: unlimited,
      http: createVendorHttp(),
      clock,
      redact: (text) => text,
      monitoring,
    });
  }

  async fetchBars(request: BarRequest, options?: CollectorOptions): Promise<RawBars> {
    if (this.#collector === undefined) {
      throw new ServiceError({ kind: 'system', reason: 'notRunning', message: 'the sandbox is not connected' });
    }
    return await this.#collector.fetchBars(request, options);
  }

  health(): ComponentHealth {
    const { clock } = this.#dependencies;
    return (
      this.#collector?.health() ?? {
        name: 'alpha_vantage',
        implementation: 'sandbox',
        status: 'healthy',
        message: 'not connected',
        lastCheck: clock.now(),
        responseTimeMs: 0,
      }
    );
  }

  async close(): Promise<void> {
    await this.#collector?.close();
    await this.#server?.close();
    this.#collector = undefined;
    this.#server = undefined;
  }
}
