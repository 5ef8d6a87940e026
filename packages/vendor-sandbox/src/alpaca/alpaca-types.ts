import type { SandboxQuota, SandboxRequest, SandboxResponse } from '../sandbox-types.ts';
import type { AlpacaRefusal } from './alpaca-refusal.ts';

/** How an Alpaca sandbox behaves. */
export interface AlpacaSandboxOptions {
  /**
   * The same seed gives the same prices and volumes, those of the Alpha Vantage sandbox among them.
   * @default 'sandbox'
   */
  readonly seed?: string;
  /**
   * The clock, in milliseconds UTC.
   * @default Date.now
   */
  readonly now?: () => number;
  /** None unless given; the vendor's is 200 a minute. */
  readonly quota?: Pick<SandboxQuota, 'perSecond' | 'perMinute'>;
  /**
   * Symbols that have no bars, as the vendor answers for a symbol it does not know.
   * @default ['INVALID']
   */
  readonly unknownSymbols?: readonly string[];
  /**
   * How long the HTTP server waits before each answer, in milliseconds; `handle` itself never waits.
   * @default 0
   */
  readonly latencyMs?: number;
}

/** What was asked, without the keys. */
export interface RecordedAlpacaRequest {
  /** When it arrived, in milliseconds UTC on the sandbox's clock. */
  readonly at: number;
  readonly path: string;
  /** Every query parameter; the first wins where one is repeated. */
  readonly params: Readonly<Record<string, string>>;
}

/** A deterministic stand-in for Alpaca's bars of stocks and digital currencies. */
export interface AlpacaSandbox {
  /** What the HTTP server waits before each answer, in milliseconds. */
  readonly latencyMs: number;
  /** The path that the address of its server ends in: none, because the vendor's paths follow. */
  readonly endpoint: string;
  /** What was asked since the start or the last `reset`, oldest first; only the newest 10,000 are kept. */
  readonly requests: readonly RecordedAlpacaRequest[];
  /** Answers one request at once, without I/O. Never throws for a bad request. */
  handle(request: SandboxRequest): SandboxResponse;
  /** Refuses the next requests, whatever they ask. Calls queue behind each other. */
  refuseNext(refusal: AlpacaRefusal, times?: number): void;
  /** Answers the next request with this body and status 200, so that tests can serve recorded pages. Calls queue. */
  answerNext(body: string): void;
  /** Forgets the requests, what was scripted, and what the quota has counted. */
  reset(): void;
}
