import { type Clock, type ComponentHealth, isServiceError, ServiceError } from '@quantumtrade/core-traits';
import {
  type AssetCapabilities,
  type BarRequest,
  type CollectorCapabilities,
  type CollectorOptions,
  type CorporateActionRequest,
  corporateActionKinds,
  intervals,
  type MarketDataCollector,
  parseSymbol,
  type RawBars,
  type RawCorporateAction,
  type RawCorporateActions,
  requireActionsOffered,
  requireOffered,
} from '@quantumtrade/shared-types';
import { VirtualClock } from '../clock/virtual-clock.ts';

/** What a vendor answers: bars, or the error that the call rejects with. */
export type CollectorAnswer = RawBars | Error;

export interface FakeCollectorOptions {
  /** `fake` when left out, as in `rawBars` and `barBatch`. */
  readonly source?: string;
  /** What it says it offers; everything when left out. What it does not offer is refused before it is asked. */
  readonly capabilities?: CollectorCapabilities;
  /** One answer a call, in order, or a function that answers; more can be queued with `enqueue`. */
  readonly answers?:
    | readonly CollectorAnswer[]
    | ((request: BarRequest, options: CollectorOptions) => CollectorAnswer | Promise<CollectorAnswer>);
  /** The rows of dividends and splits that it answers with; none when left out. */
  readonly actions?:
    | ((request: CorporateActionRequest) => readonly RawCorporateAction[] | Promise<readonly RawCorporateAction[]>)
    | undefined;
  /** Stamps the health report; a still {@link VirtualClock} when left out. */
  readonly clock?: Clock;
}

const whatever: AssetCapabilities = {
  intervals,
  adjusted: { intraday: 'prices', daily: 'adjustedClose' },
  months: true,
  ranges: true,
  volume: true,
  extendedHours: true,
  entitlements: ['realtime', 'delayed'],
  corporateActions: corporateActionKinds,
};
const everything: CollectorCapabilities = { assets: { stock: whatever, fx: whatever, crypto: whatever } };

/** A vendor that answers what it is told and keeps what it was asked. */
export class FakeCollector implements MarketDataCollector {
  readonly source: string;
  readonly capabilities: CollectorCapabilities;
  readonly #answer: (request: BarRequest, options: CollectorOptions) => CollectorAnswer | Promise<CollectorAnswer>;
  readonly #queue: CollectorAnswer[] | undefined;
  readonly #actions: NonNullable<FakeCollectorOptions['actions']>;
  readonly #clock: Clock;
  readonly #requests: BarRequest[] = [];
  #lastFailure: Error | undefined;
  #closed = false;

  constructor(options: FakeCollectorOptions = {}) {
    const { answers = [] } = options;
    this.source = options.source ?? 'fake';
    this.capabilities = options.capabilities ?? everything;
    this.#actions = options.actions ?? (() => []);
    this.#clock = options.clock ?? new VirtualClock();
    if (typeof answers === 'function') {
      this.#answer = answers;
    } else {
      const queue = [...answers];
      this.#queue = queue;
      this.#answer = (request) => queue.shift() ?? noAnswerLeft(request);
    }
  }

  /** Every request so far, in order. */
  get requests(): readonly BarRequest[] {
    return this.#requests;
  }

  /** Whether {@link FakeCollector.close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Queues further answers.
   *
   * @throws TypeError when a function answers.
   */
  enqueue(...answers: readonly CollectorAnswer[]): void {
    if (this.#queue === undefined) throw new TypeError('this fake collector answers by a function and has no queue');
    this.#queue.push(...answers);
  }

  /**
   * The next answer. An empty queue rejects with a `ServiceError` of kind `system`, reason `noAnswerLeft`; an abort
   * rejects with the signal's reason, also while a function's promise is pending. Symbols that are none (`invalidSymbol`)
   * and what is not offered (`notOffered`) are refused as by every collector, and not kept.
   */
  async fetchBars(request: BarRequest, options: CollectorOptions = {}): Promise<RawBars> {
    options.signal?.throwIfAborted();
    requireOffered(this.capabilities, this.source, { ...request, symbol: parseSymbol(request.symbol) });
    this.#requests.push(request);
    try {
      const answer = await untilAborted(this.#answer(request, options), options.signal);
      // An answer that was ready comes too late for a caller who has given up since.
      options.signal?.throwIfAborted();
      if (answer instanceof Error || isServiceError(answer)) throw answer;
      this.#lastFailure = undefined;
      return answer;
    } catch (error) {
      if (!options.signal?.aborted) this.#lastFailure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  /** The rows of its option, as the vendor's answer; refuses like {@link FakeCollector.fetchBars}. */
  async fetchCorporateActions(
    { symbol, kind }: CorporateActionRequest,
    options: CollectorOptions = {},
  ): Promise<RawCorporateActions> {
    options.signal?.throwIfAborted();
    const request = { symbol: parseSymbol(symbol), kind };
    requireActionsOffered(this.capabilities, this.source, request);
    const rows = await untilAborted(this.#actions(request), options.signal);
    return { ...request, source: this.source, rows };
  }

  /** Healthy until a call fails, then unhealthy until one succeeds. */
  health(): ComponentHealth {
    return {
      name: this.source,
      status: this.#lastFailure === undefined ? 'healthy' : 'unhealthy',
      message: this.#lastFailure?.message ?? '',
      implementation: 'fake',
      lastCheck: this.#clock.now(),
      responseTimeMs: 0,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

function noAnswerLeft({ symbol, interval }: BarRequest): ServiceError {
  return new ServiceError({
    kind: 'system',
    reason: 'noAnswerLeft',
    message: `the fake collector has no answer left for ${symbol} ${interval}: queue one more`,
  });
}

async function untilAborted<T>(pending: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return pending;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
