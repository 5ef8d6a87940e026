import {
  type Clock,
  type ComponentHealth,
  isServiceError,
  type MonitoringProvider,
  ServiceError,
} from '@quantumtrade/core-traits';
import {
  type BarRequest,
  type CollectorOptions,
  type MarketDataCollector,
  parseSymbol,
  type RawBars,
} from '@quantumtrade/shared-types';
import type { Entitlements } from '../../entitlements/entitlements.ts';
import type { Quota } from '../../quota/quota.ts';
import { CallHistory } from './call-history.ts';
import { classifyAnswer, vendorReasonOf } from './classify.ts';
import type { VendorHttp } from './http.ts';
import { alphaVantageInstruments } from './instruments.ts';
import { maskKey } from './mask-key.ts';
import { queryOf, signedUrl } from './request.ts';
import { scrub, shorten } from './scrub.ts';
import type { AlphaVantageSettings } from './settings.ts';

export interface AlphaVantageCollectorDependencies {
  readonly settings: AlphaVantageSettings;
  readonly quota: Quota;
  /** What the key may not ask; without it every refusal is asked for again. */
  readonly entitlements?: Pick<Entitlements, 'check' | 'learn'> | undefined;
  readonly http: VendorHttp;
  readonly clock: Clock;
  /** Removes the secrets that the service knows from text. */
  readonly redact: (text: string) => string;
  readonly monitoring?: MonitoringProvider | undefined;
}

/**
 * Fetches bars from Alpha Vantage, one request a call and never a retry.
 *
 * Errors carry a `VendorReason`, or `invalidSymbol`, `invalidRequest` or `invalidBaseUrl` (kind `configuration`) for
 * requests that were never sent. No error holds the key.
 */
export class AlphaVantageCollector implements MarketDataCollector {
  readonly source: string;
  readonly #settings: AlphaVantageSettings;
  readonly #quota: Quota;
  readonly #entitlements: Pick<Entitlements, 'check' | 'learn'> | undefined;
  readonly #http: VendorHttp;
  readonly #clock: Clock;
  readonly #redact: (text: string) => string;
  readonly #monitoring: MonitoringProvider | undefined;
  readonly #history = new CallHistory();

  constructor({ settings, quota, entitlements, http, clock, redact, monitoring }: AlphaVantageCollectorDependencies) {
    this.source = settings.source;
    this.#settings = settings;
    this.#quota = quota;
    this.#entitlements = entitlements;
    this.#http = http;
    this.#clock = clock;
    this.#redact = redact;
    this.#monitoring = monitoring;
  }

  async fetchBars(request: BarRequest, options: CollectorOptions = {}): Promise<RawBars> {
    const { signal } = options;
    const parsed: BarRequest = { ...request, symbol: parseSymbol(request.symbol) };
    const query = queryOf(parsed, this.#settings);
    // Refused before a call is spent.
    signedUrl(this.#settings.baseUrl, query, this.#settings.apiKey);
    await this.#entitlements?.check(query);
    await this.#quota.acquire(options);
    // The key that is sent is the one to be found in the answer, even if it is replaced meanwhile.
    const settings = { ...this.#settings };
    const started = this.#clock.monotonic();
    try {
      const bars = await this.#exchange(query, settings, parsed, options);
      this.#record(started, undefined);
      return bars;
    } catch (error) {
      // Whoever gives up says nothing about the vendor.
      if (signal?.aborted) throw signal.reason;
      const failure = this.#toServiceError(error, settings);
      this.#record(started, failure);
      if (failure.kind === 'rateLimit') this.#quota.refused(failure);
      await this.#entitlements?.learn(query, failure);
      throw failure;
    }
  }

  health(): ComponentHealth {
    return this.#history.health(this.#clock.now(), this.#settings.implementation ?? 'server');
  }

  async close(): Promise<void> {
    this.#http.close();
    await this.#quota.close?.();
  }

  async #exchange(
    query: URLSearchParams,
    settings: AlphaVantageSettings,
    request: BarRequest,
    options: CollectorOptions,
  ): Promise<RawBars> {
    const url = signedUrl(settings.baseUrl, query, settings.apiKey);
    const answer = await this.#http.get(url, {
      timeoutMs: settings.timeoutMs,
      signal: options.signal,
      beforeResend: () => this.#quota.acquire(options),
    });
    const bars = classifyAnswer(answer, { request, settings, redact: this.#redact, now: this.#clock.now() });
    return { ...bars, text: maskKey(bars.text, settings.apiKey) };
  }

  #record(started: number, failure: ServiceError | undefined): void {
    const latencyMs = this.#clock.monotonic() - started;
    const reason = failure && vendorReasonOf(failure);
    this.#history.record({ at: this.#clock.now(), latencyMs, reason });
    this.#monitoring?.recordTiming(alphaVantageInstruments.duration, latencyMs);
    if (reason !== undefined) this.#monitoring?.recordCounter(alphaVantageInstruments.errors, 1, { reason });
  }

  /** An error that is none of ours may hold the URL, and so the key: only its cleaned text goes on. */
  #toServiceError(error: unknown, { apiKey }: AlphaVantageSettings): ServiceError {
    if (isServiceError(error)) return error;
    const text = error instanceof Error ? error.message : String(error);
    const said = shorten(scrub(text, { apiKey, redact: this.#redact }));
    return new ServiceError({
      kind: 'externalApi',
      api: 'alpha_vantage',
      reason: 'unknown',
      retryable: false,
      message: `the request to Alpha Vantage failed in an unexpected way: ${said}`,
    });
  }
}
