import { type Clock, type ComponentHealth, isServiceError, type MonitoringProvider } from '@quantumtrade/core-traits';
import {
  type BarRequest,
  type CollectorCapabilities,
  type CollectorOptions,
  type CorporateActionRequest,
  type MarketDataCollector,
  parseSymbol,
  type RawBars,
  type RawCorporateActions,
  requireActionsOffered,
  requireOffered,
} from '@quantumtrade/shared-types';
import type { Entitlements } from '../../entitlements/entitlements.ts';
import type { Quota } from '../../quota/quota.ts';
import { runInTurns } from '../../steps.ts';
import type { VendorAnswer, VendorHttp } from '../shared/http.ts';
import { maskKey } from '../shared/mask-key.ts';
import type { VendorEndpoint } from '../shared/provider-instruments.ts';
import { scrub, shorten } from '../shared/scrub.ts';
import { VendorCalls } from '../shared/vendor-calls.ts';
import { alphaVantageCapabilities } from './capabilities.ts';
import { type ClassifyContext, classifyInSteps } from './classify.ts';
import { classifyActions } from './classify-actions.ts';
import { alphaVantageInstruments } from './instruments.ts';
import { actionsQueryOf, queryOf, signedUrl } from './request.ts';
import type { AlphaVantageSettings } from './settings.ts';
import { alphaVantage } from './vendor.ts';

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
 * Fetches bars, dividends and splits from Alpha Vantage, one request a call and never a retry.
 *
 * Errors carry a `VendorReason`, or `invalidSymbol`, `notOffered`, `invalidRequest` or `invalidBaseUrl` (kind `configuration`) for
 * requests that were never sent. No error holds the key.
 */
export class AlphaVantageCollector implements MarketDataCollector {
  readonly source: string;
  readonly capabilities: CollectorCapabilities = alphaVantageCapabilities;
  readonly #settings: AlphaVantageSettings;
  readonly #quota: Quota;
  readonly #entitlements: Pick<Entitlements, 'check' | 'learn'> | undefined;
  readonly #http: VendorHttp;
  readonly #clock: Clock;
  readonly #redact: (text: string) => string;
  readonly #calls: VendorCalls;

  constructor({ settings, quota, entitlements, http, clock, redact, monitoring }: AlphaVantageCollectorDependencies) {
    this.source = settings.source;
    this.#settings = settings;
    this.#quota = quota;
    this.#entitlements = entitlements;
    this.#http = http;
    this.#clock = clock;
    this.#redact = redact;
    this.#calls = new VendorCalls({
      vendor: alphaVantage,
      instruments: alphaVantageInstruments,
      clock,
      monitoring,
    });
  }

  async fetchBars(request: BarRequest, options: CollectorOptions = {}): Promise<RawBars> {
    const parsed: BarRequest = { ...request, symbol: parseSymbol(request.symbol) };
    requireOffered(this.capabilities, this.source, parsed);
    const query = queryOf(parsed, this.#settings);
    return await this.#ask(query, 'bars', options, async (answer, context) => {
      const bars = await runInTurns(classifyInSteps(answer, { ...context, request: parsed }));
      const { apiKey } = context.settings;
      const { lastRefreshed } = bars;
      return {
        ...bars,
        text: maskKey(bars.text, apiKey),
        // It is kept with every bar: what quotes the key must not be.
        lastRefreshed: lastRefreshed && shorten(scrub(lastRefreshed, { apiKey, redact: this.#redact })),
      };
    });
  }

  async fetchCorporateActions(
    { symbol, kind }: CorporateActionRequest,
    options: CollectorOptions = {},
  ): Promise<RawCorporateActions> {
    const request = { symbol: parseSymbol(symbol), kind };
    requireActionsOffered(this.capabilities, this.source, request);
    const query = actionsQueryOf(request, this.#settings);
    return await this.#ask(query, 'actions', options, (answer, context) =>
      classifyActions(answer, { ...context, request }),
    );
  }

  health(): ComponentHealth {
    return this.#calls.health(this.#settings.implementation ?? 'server');
  }

  async close(): Promise<void> {
    this.#http.close();
    await this.#quota.close?.();
  }

  /** Sends one request and has its answer judged. */
  async #ask<T>(
    query: URLSearchParams,
    endpoint: VendorEndpoint,
    options: CollectorOptions,
    judge: (answer: VendorAnswer, context: AnswerContext) => T | Promise<T>,
  ): Promise<T> {
    // Refused before a call is spent.
    signedUrl(this.#settings.baseUrl, query, this.#settings.apiKey);
    await this.#entitlements?.check(query);
    await this.#quota.acquire(options);
    // The key that is sent is the one to be found in the answer, even if it is replaced meanwhile.
    const settings = { ...this.#settings };
    try {
      return await this.#calls.measured(
        async () => {
          const answer = await this.#http.get(signedUrl(settings.baseUrl, query, settings.apiKey), {
            timeoutMs: settings.timeoutMs,
            signal: options.signal,
            beforeResend: () => this.#quota.acquire(options),
          });
          return await judge(answer, { settings, redact: this.#redact, now: this.#clock.now() });
        },
        {
          endpoint,
          signal: options.signal,
          clean: (text) => shorten(scrub(text, { apiKey: settings.apiKey, redact: this.#redact })),
        },
      );
    } catch (error) {
      if (isServiceError(error)) {
        if (error.kind === 'rateLimit') this.#quota.refused(error);
        await this.#entitlements?.learn(query, error);
      }
      throw error;
    }
  }
}

type AnswerContext = Omit<ClassifyContext, 'request'>;
