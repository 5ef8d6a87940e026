import type { Clock, ComponentHealth, MonitoringProvider, Redacted } from '@quantumtrade/core-traits';
import { isServiceError } from '@quantumtrade/core-traits';
import { type Quota, VendorCalls, type VendorHttp } from '@quantumtrade/market-data-ingestion';
import {
  type BarRequest,
  type CollectorOptions,
  type MarketDataCollector,
  parseSymbol,
  type RawBars,
  requireOffered,
} from '@quantumtrade/shared-types';
import { readAnswer } from './read-answer.ts';
import { acme, acmeCapabilities, acmeInstruments } from './vendor.ts';

export interface AcmeCollectorDependencies {
  readonly baseUrl: string;
  readonly apiKey: Redacted<string>;
  readonly quota: Quota;
  readonly http: VendorHttp;
  readonly clock: Clock;
  readonly monitoring?: MonitoringProvider | undefined;
}

/** Fetches bars from Acme Markets, one request a call and never a retry: that is for the error handler to decide. */
export class AcmeCollector implements MarketDataCollector {
  readonly source: string = acme.id;
  readonly capabilities: typeof acmeCapabilities = acmeCapabilities;
  readonly #dependencies: AcmeCollectorDependencies;
  /** Measures requests and remembers how they ended, for health. */
  readonly #calls: VendorCalls;

  constructor(dependencies: AcmeCollectorDependencies) {
    this.#dependencies = dependencies;
    this.#calls = new VendorCalls({ ...dependencies, vendor: acme, instruments: acmeInstruments });
  }

  async fetchBars(request: BarRequest, options: CollectorOptions = {}): Promise<RawBars> {
    const { quota, http, clock, baseUrl, apiKey } = this.#dependencies;
    const asked: BarRequest = { ...request, symbol: parseSymbol(request.symbol) };
    requireOffered(this.capabilities, this.source, asked);
    const url = new URL(`bars/${encodeURIComponent(asked.symbol)}.csv`, baseUrl);
    url.searchParams.set('interval', asked.interval);
    await quota.acquire(options);
    const { signal } = options;
    const ask = async (): Promise<RawBars> => {
      const answer = await http.get(url, { timeoutMs: 10_000, signal, headers: { 'x-api-key': apiKey.reveal() } });
      return readAnswer(answer, asked, clock.now());
    };
    const clean = (text: string): string => text.replaceAll(apiKey.reveal(), '[redacted]');
    try {
      return await this.#calls.measured(ask, { signal, clean });
    } catch (error) {
      // Then the quota holds back every request of the key for as long as the vendor wants.
      if (isServiceError(error) && error.kind === 'rateLimit') quota.refused(error);
      throw error;
    }
  }

  health(): ComponentHealth {
    return this.#calls.health('server');
  }

  async close(): Promise<void> {
    this.#dependencies.http.close();
    await this.#dependencies.quota.close?.();
  }
}
