import { type Cache, type Clock, type MonitoringProvider, ServiceError } from '@quantumtrade/core-traits';
import type { Vendor } from '../collectors/shared/vendor.ts';
import type { CollectorMemory, RememberedRefusal } from '../memory/collector-memory.ts';
import { lastingRefusals, quotaInstruments } from '../quota/instruments.ts';

export interface EntitlementsDependencies {
  readonly memory: CollectorMemory;
  /** Shares what is learned with other processes. It may forget or fail. */
  readonly cache?: Cache | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly vendor: Vendor;
  /** A hash of the key that is in use now. */
  readonly account: () => string;
  /** How long a refusal is believed, in milliseconds. */
  readonly expiryMs: number;
  /** Counts the requests that are not sent. */
  readonly monitoring?: Pick<MonitoringProvider, 'recordCounter'> | undefined;
}

/** Refusals that hold for the key and not for the moment. */
const lasting: ReadonlySet<string> = new Set(lastingRefusals);

/** Parameters that say which data is asked for and not what sort of it. */
const unspecific: ReadonlySet<string> = new Set([
  'symbol',
  'from_symbol',
  'to_symbol',
  'market',
  'datatype',
  'apikey',
  'month',
]);

/**
 * What a key may not ask, as its refusals have taught. Plans change from year to year in both directions, so nothing of
 * this is code, and nothing is believed for ever.
 */
export class Entitlements {
  readonly #dependencies: EntitlementsDependencies;

  constructor(dependencies: EntitlementsDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Refuses a request that the key was refused before, without spending a call.
   *
   * @throws ServiceError of kind `externalApi` with the reason of that refusal.
   */
  async check(query: URLSearchParams): Promise<void> {
    const request = requestOf(query);
    const known = this.#remembered(request) ?? (await this.#shared(request));
    if (known === undefined) return;
    const { monitoring, vendor } = this.#dependencies;
    monitoring?.recordCounter(quotaInstruments.heldBack, 1, { provider: vendor.id, reason: known.reason });
    throw this.#refusal(known);
  }

  /** Takes note of a refusal, if it is one that will be the same again. */
  async learn(query: URLSearchParams, error: ServiceError): Promise<void> {
    const { memory, cache, clock, account, expiryMs } = this.#dependencies;
    if (error.reason === undefined || !lasting.has(error.reason)) return;
    const learnedAt = clock.now();
    const refusal: RememberedRefusal = {
      request: requestOf(query),
      reason: error.reason,
      message: error.message,
      learnedAt,
      expiresAt: learnedAt + expiryMs,
    };
    memory.rememberRefusal(account(), refusal);
    const seconds = Math.ceil(expiryMs / 1000);
    await cache?.cacheSet(this.#cacheKey(refusal.request), JSON.stringify(refusal), seconds).catch(() => {});
  }

  /** Everything that the key was refused and that is still believed. */
  list(): readonly RememberedRefusal[] {
    const { memory, clock, account } = this.#dependencies;
    return memory.refusals(account(), clock.now());
  }

  /** Forgets all refusals of the key, as after a change of its plan. */
  async forget(): Promise<void> {
    const { memory, cache, account } = this.#dependencies;
    for (const { request } of this.list()) await cache?.cacheDelete(this.#cacheKey(request)).catch(() => {});
    memory.forgetRefusals(account());
  }

  #remembered(request: string): RememberedRefusal | undefined {
    return this.list().find((refusal) => refusal.request === request);
  }

  async #shared(request: string): Promise<RememberedRefusal | undefined> {
    const { cache, memory, clock, account } = this.#dependencies;
    const text = await cache?.cacheGet(this.#cacheKey(request)).catch(() => undefined);
    const refusal = text === undefined ? undefined : parseRefusal(text);
    if (refusal === undefined || refusal.request !== request || refusal.expiresAt <= clock.now()) return undefined;
    memory.rememberRefusal(account(), refusal);
    return refusal;
  }

  #cacheKey(request: string): string {
    return `entitlement:${this.#dependencies.account()}:${request}`;
  }

  #refusal({ request, reason, learnedAt, expiresAt }: RememberedRefusal): ServiceError {
    const { vendor } = this.#dependencies;
    const [learned, expires] = [learnedAt, expiresAt].map((at) => new Date(at).toISOString().slice(0, 10));
    return new ServiceError({
      kind: 'externalApi',
      api: vendor.id,
      reason,
      retryable: false,
      message:
        `no request was sent to ${vendor.name}: it refused ${request} on ${learned} as not part of the key's plan; ` +
        `asked again from ${expires} on, or after entitlements --forget`,
    });
  }
}

/** What is asked for, without what changes from call to call; `month` counts as being there or not. */
function requestOf(query: URLSearchParams): string {
  const words = [...query].filter(([name]) => !unspecific.has(name)).map(([name, value]) => `${name}=${value}`);
  if (query.has('month')) words.push('month');
  return words.join(' ').replace(/^function=/, '');
}

function parseRefusal(text: string): RememberedRefusal | undefined {
  try {
    const { request, reason, message, learnedAt, expiresAt } = JSON.parse(text) as Partial<RememberedRefusal>;
    if (typeof request !== 'string' || typeof reason !== 'string' || !lasting.has(reason)) return undefined;
    if (typeof learnedAt !== 'number' || typeof expiresAt !== 'number') return undefined;
    return { request, reason, message: String(message), learnedAt, expiresAt };
  } catch {
    return undefined;
  }
}
