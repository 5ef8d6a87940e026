import {
  type Clock,
  type ComponentHealth,
  isServiceError,
  type MonitoringProvider,
  type Redacted,
} from '@quantumtrade/core-traits';
import {
  assetClassOf,
  type BarRequest,
  type CollectorCapabilities,
  type CollectorOptions,
  intradayMilliseconds,
  type MarketDataCollector,
  parseSymbol,
  type RawBars,
  requireOffered,
} from '@quantumtrade/shared-types';
import type { Quota } from '../../quota/quota.ts';
import type { VendorHttp } from '../shared/http.ts';
import { maskKey } from '../shared/mask-key.ts';
import { scrub, shorten } from '../shared/scrub.ts';
import { VendorCalls } from '../shared/vendor-calls.ts';
import { keyRefused } from '../shared/vendor-error.ts';
import { alpacaCapabilities } from './capabilities.ts';
import { badPaging, type ClassifiedPage, classifyPage, noBars } from './classify.ts';
import { alpacaInstruments } from './instruments.ts';
import { joinPages, type PageBars } from './join-pages.ts';
import { dateLabels, intradayLabels } from './labels.ts';
import { type AlpacaQuery, pageUrl, queryOf } from './request.ts';
import type { AlpacaSettings } from './settings.ts';
import { alpaca } from './vendor.ts';

export interface AlpacaCollectorDependencies {
  readonly settings: AlpacaSettings;
  readonly quota: Quota;
  readonly http: VendorHttp;
  readonly clock: Clock;
  /** Removes the secrets that the service knows from text. */
  readonly redact: (text: string) => string;
  readonly monitoring?: MonitoringProvider | undefined;
}

/**
 * Fetches bars of stocks and digital currencies from Alpaca: all pages of a request, each of which takes quota, and
 * never a retry. A request whose pages do not all arrive gives none.
 *
 * Adjusted bars have every price rewritten for splits and dividends. The vendor's weighted price and number of trades
 * are not kept. Errors carry a `VendorReason`, or `invalidSymbol`, `notOffered`, `invalidRequest` or `invalidBaseUrl`
 * (kind `configuration`) for requests that were never sent. No error holds a key.
 */
export class AlpacaCollector implements MarketDataCollector {
  readonly source: string;
  readonly capabilities: CollectorCapabilities = alpacaCapabilities;
  readonly #settings: AlpacaSettings;
  readonly #quota: Quota;
  readonly #http: VendorHttp;
  readonly #clock: Clock;
  readonly #redact: (text: string) => string;
  readonly #calls: VendorCalls;

  constructor({ settings, quota, http, clock, redact, monitoring }: AlpacaCollectorDependencies) {
    this.source = settings.source;
    this.#settings = settings;
    this.#quota = quota;
    this.#http = http;
    this.#clock = clock;
    this.#redact = redact;
    this.#calls = new VendorCalls({ vendor: alpaca, instruments: alpacaInstruments, clock, monitoring });
  }

  async fetchBars(request: BarRequest, options: CollectorOptions = {}): Promise<RawBars> {
    const parsed: BarRequest = { ...request, symbol: parseSymbol(request.symbol) };
    requireOffered(this.capabilities, this.source, parsed);
    const query = queryOf(parsed, this.#settings, this.#clock.now());
    // Refused before a call is spent.
    requireSendable([this.#settings.keyId, this.#settings.secretKey]);
    const pages = await this.#fetchPages(parsed, query, options);
    if (pages.length === 0) throw noBars(parsed);
    return this.#toRawBars(parsed, joinPages(pages));
  }

  health(): ComponentHealth {
    return this.#calls.health(this.#settings.implementation ?? 'server');
  }

  async close(): Promise<void> {
    this.#http.close();
    await this.#quota.close?.();
  }

  async #fetchPages(request: BarRequest, query: AlpacaQuery, options: CollectorOptions): Promise<PageBars[]> {
    const { maxPages } = this.#settings;
    const latest = this.#clock.monotonic() + (options.patienceMs ?? Number.POSITIVE_INFINITY);
    const pages: PageBars[] = [];
    const tokens = new Set<string>();
    let token: string | undefined;
    for (let fetched = 0; fetched < maxPages; fetched++) {
      const url = pageUrl(this.#settings.baseUrl, query, token);
      const patienceMs = latest - this.#clock.monotonic();
      const { page, nextPageToken } = await this.#fetchPage(url, request, {
        ...options,
        ...(patienceMs < Number.POSITIVE_INFINITY && { patienceMs: Math.max(0, patienceMs) }),
      });
      if (page !== undefined) pages.push(page);
      if (nextPageToken === undefined || query.onePage) return pages;
      if (tokens.has(nextPageToken)) throw badPaging('named the same next page twice; nothing was taken');
      tokens.add(nextPageToken);
      token = nextPageToken;
    }
    throw badPaging(`has more than ${maxPages} pages for this request; nothing was taken, ask for a shorter range`);
  }

  async #fetchPage(url: URL, request: BarRequest, options: CollectorOptions): Promise<ClassifiedPage> {
    const { signal } = options;
    await this.#quota.acquire(options);
    // The keys that are sent are the ones to be found in the answer, even if they are replaced meanwhile.
    const { keyId, secretKey, timeoutMs } = this.#settings;
    const redact = (text: string): string => withoutKey(this.#redact(text), keyId);
    try {
      return await this.#calls.measured(
        async () => {
          const headers = { 'APCA-API-KEY-ID': keyId.reveal(), 'APCA-API-SECRET-KEY': secretKey.reveal() };
          const beforeResend = (): Promise<void> => this.#quota.acquire(options);
          const answer = await this.#http.get(url, { timeoutMs, signal, headers, beforeResend });
          const classified = classifyPage(answer, { request, secretKey, redact, now: this.#clock.now() });
          return masked(classified, [keyId, secretKey]);
        },
        { signal, clean: (text) => shorten(scrub(text, { apiKey: secretKey, redact })) },
      );
    } catch (error) {
      if (isServiceError(error) && error.kind === 'rateLimit') this.#quota.refused(error);
      throw error;
    }
  }

  #toRawBars({ symbol, interval, adjusted }: BarRequest, { bars, text }: PageBars): RawBars {
    const labels =
      intradayMilliseconds(interval) === undefined
        ? dateLabels(text, bars.label, dayZones[assetClassOf(symbol) === 'stock' ? 'stock' : 'crypto'])
        : intradayLabels(text, bars.label);
    return {
      series: { symbol, interval, source: this.source, adjustment: adjusted ? 'adjusted' : 'raw' },
      barLabel: 'start',
      ...labels,
      text,
      length: bars.length,
      values: bars.values,
    };
  }
}

/** Where days begin: those of digital currencies began in Chicago, and the documentation promises no zone. */
const dayZones = { stock: ['America/New_York'], crypto: ['UTC', 'America/Chicago'] } as const;

/** Refuses keys that no header can carry: a line break or a letter of another script, from a careless copy. */
function requireSendable(keys: readonly Redacted<string>[]): void {
  if (keys.every((key) => /^[\x21-\x7e]+$/.test(key.reveal()))) return;
  throw keyRefused(alpaca, 'cannot be sent the API keys: one of them holds characters that no key has; copy it again');
}

function withoutKey(text: string, key: Redacted<string>): string {
  return scrub(text, { apiKey: key, redact: (clean) => clean });
}

function masked(classified: ClassifiedPage, keys: readonly Redacted<string>[]): ClassifiedPage {
  const { page } = classified;
  if (page === undefined) return classified;
  return { ...classified, page: { ...page, text: keys.reduce(maskKey, page.text) } };
}
