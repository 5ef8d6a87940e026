import type { Refusal } from './refusal.ts';

/** A request as it would reach the vendor. */
export interface SandboxRequest {
  /** A full URL, or a path with its query. */
  readonly url: string;
  /** @default 'GET' */
  readonly method?: string;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A complete answer: status, headers with lower-case names, and the body as text. */
export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What was asked, without the API key. */
export interface RecordedRequest {
  /** When it arrived, in milliseconds UTC on the sandbox's clock. */
  readonly at: number;
  /** Empty when the request named no function. */
  readonly function: string;
  /** As it was spelled; empty when the request named no symbol. */
  readonly symbol: string;
  /** Every query parameter except the API key; the first wins where one is repeated. */
  readonly params: Readonly<Record<string, string>>;
}

/** Which requests an override answers: each part that is given has to match. */
export interface AnswerMatch {
  readonly function?: string;
  /** Letter case does not matter. */
  readonly symbol?: string;
  readonly interval?: string;
}

/** Requests allowed in each rolling window; a window without a limit is unlimited. */
export interface SandboxQuota {
  readonly perSecond?: number;
  readonly perMinute?: number;
  /** A rolling 24 hours: the vendor's day does not end at UTC midnight. */
  readonly perDay?: number;
}

/** How a sandbox behaves. */
export interface SandboxOptions {
  /**
   * The same seed gives the same prices and volumes.
   * @default 'sandbox'
   */
  readonly seed?: string;
  /**
   * The clock, in milliseconds UTC.
   * @default Date.now
   */
  readonly now?: () => number;
  /** None unless given. */
  readonly quota?: SandboxQuota;
  /**
   * Symbols answered as the vendor answers a symbol it does not know.
   * @default ['INVALID']
   */
  readonly unknownSymbols?: readonly string[];
  /**
   * How long the HTTP server waits before each answer, in milliseconds; `handle` itself never waits.
   * @default 0
   */
  readonly latencyMs?: number;
}

/** A deterministic stand-in for the Alpha Vantage API. */
export interface AlphaVantageSandbox {
  /** What the HTTP server waits before each answer, in milliseconds. */
  readonly latencyMs: number;

  /** What was asked since the start or the last `reset`, oldest first; only the newest 10,000 are kept. */
  readonly requests: readonly RecordedRequest[];

  /**
   * Answers one request at once, without I/O. Never throws for a bad request: it is answered as the vendor would.
   *
   * A request meets, in this order: `refuseNext`, the key, the quota, `refuse`, `answer`, reserved symbols, then the
   * vendor's own checks of the parameters.
   */
  handle(request: SandboxRequest): SandboxResponse;

  /**
   * Refuses the next requests, whatever they ask. Calls queue behind each other.
   * @param times how many requests; 1 unless given
   * @throws RangeError when `times` is not a positive integer
   */
  refuseNext(refusal: Refusal, times?: number): void;

  /** Refuses every request for a symbol until it is called again with `undefined`. Letter case does not matter. */
  refuse(symbol: string, refusal: Refusal | undefined): void;

  /**
   * Gives every matching request this answer, so that tests can serve recorded bodies. The newest match wins.
   *
   * Status is 200 unless given; the content type is guessed from the body unless a header names it.
   */
  answer(match: AnswerMatch, response: Partial<SandboxResponse>): void;

  /** Forgets the requests, the scripted refusals and answers, and what the quota has counted. */
  reset(): void;
}
