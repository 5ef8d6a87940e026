import { type Clock, Redacted, ServiceError } from '@quantumtrade/core-traits';
import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { Redis } from 'ioredis';
import { parseRedisAddress, type RedisAddress, redisClientAddress } from './redis-address.ts';

/** How a Redis server is reached. */
export interface RedisConnectionOptions {
  readonly clock: Clock;
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS. */
  readonly url: Redacted<string> | string;
  /** @default 2000 */
  readonly connectTimeoutMs?: number | undefined;
  /** What one call may take. @default 250 */
  readonly commandTimeoutMs?: number | undefined;
  /** How long the server is left alone after three calls without an answer. @default 5000 */
  readonly breakerResetMs?: number | undefined;
  /** Told whenever the server begins to be left alone (`open`), is tried again (`half-open`) or answers again (`closed`). */
  readonly onCircuit?: ((state: CircuitState) => void) | undefined;
}

/** Whether a server is asked: `closed` is as usual. */
export type CircuitState = 'closed' | 'half-open' | 'open';

/** What an error says of itself. */
export interface RedisFailureText {
  /** Reason of what Redis refuses or does not answer. */
  readonly reason: string;
  /** What is not connected, such as `the cache`. */
  readonly subject: string;
}

/** Calls in a row without an answer after which the next ones fail at once. */
const failuresToBreak = 3;

/** A server that answers "read-only" was the primary once: look behind its name again, but no more often than this. */
const reconnectEveryMs = 10_000;

/**
 * A connection to a Redis server. A command gives an answer or rejects within its timeout, at once while there is no
 * connection or while the server is left alone after several commands without an answer; nothing is queued. The
 * connection is restored by itself.
 *
 * Commands reject with a `ServiceError` of kind `database`: the reason that was given for anything that Redis refuses or
 * does not answer, `notConnected` before {@link RedisConnection.connect} and after {@link RedisConnection.close}.
 */
export class RedisConnection {
  readonly #client: Redis;
  readonly #address: RedisAddress;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #text: RedisFailureText;
  #connecting: Promise<void> | undefined;
  /** What last went wrong with the connection. */
  #connectionError: unknown;

  /** @throws ServiceError of kind `configuration`, reason `invalidSetting`, for an address that is none. */
  constructor(options: RedisConnectionOptions & RedisFailureText) {
    const { clock, url, connectTimeoutMs = 2000, commandTimeoutMs = 250, breakerResetMs = 5000 } = options;
    this.#text = options;
    this.#address = parseRedisAddress(url instanceof Redacted ? url.reveal() : url);
    let reconnectedAt = Number.NEGATIVE_INFINITY;
    this.#client = new Redis({
      ...redisClientAddress(this.#address),
      lazyConnect: true,
      connectTimeout: connectTimeoutMs,
      commandTimeout: commandTimeoutMs,
      // A peer that vanished without a word: the operating system would wait for a quarter of an hour.
      socketTimeout: connectTimeoutMs,
      disconnectTimeout: commandTimeoutMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      // It needs the right to ask INFO; a server that is still loading says so to each command.
      enableReadyCheck: false,
      reconnectOnError: ({ message }) => {
        if (!message.startsWith('READONLY') || clock.monotonic() - reconnectedAt < reconnectEveryMs) return false;
        reconnectedAt = clock.monotonic();
        return true;
      },
    });
    // Without a listener the client writes to the console.
    this.#client.on('error', (error: unknown) => {
      this.#connectionError = error;
    });
    this.#client.on('ready', () => {
      this.#connectionError = undefined;
    });
    // An answer, also a refusal, shows that the server is there: only silence and lost connections count.
    this.#breaker = circuitBreaker(
      handleWhen((error) => !isReply(error)),
      { halfOpenAfter: breakerResetMs, breaker: new ConsecutiveBreaker(failuresToBreak) },
    );
    const { onCircuit } = options;
    this.#breaker.onBreak(() => onCircuit?.('open'));
    this.#breaker.onHalfOpen(() => onCircuit?.('half-open'));
    this.#breaker.onReset(() => onCircuit?.('closed'));
  }

  /**
   * Resolves as soon as the server can be asked, and also when it cannot be reached within the connection's timeout:
   * from then on the connection is tried again by itself. Never rejects; calling it again does nothing.
   */
  async connect(): Promise<void> {
    this.#connecting ??= this.#client.connect().catch(() => {});
    await this.#connecting;
  }

  /** Asks the server; `doing` says in an error what for. */
  async ask<T>(doing: string, command: (client: Redis) => Promise<T>): Promise<T> {
    if (this.#connecting === undefined) {
      throw new ServiceError({
        kind: 'database',
        reason: 'notConnected',
        message: `${this.#text.subject} is not connected: call connect() or start the service first`,
        retryable: false,
      });
    }
    if (this.#client.status !== 'ready') throw this.failed(doing, this.#whyNotConnected());
    try {
      return await this.#breaker.execute(() => command(this.#client));
    } catch (error) {
      throw this.failed(doing, this.#detailOf(error));
    }
  }

  /** Ends the connection, also that to a server that does not answer. Calling it again does nothing. */
  async close(): Promise<void> {
    if (this.#connecting === undefined) return;
    this.#connecting = undefined;
    if (this.#client.status === 'ready') await this.#client.quit().catch(() => {});
    this.#client.disconnect();
  }

  /** Ends the connection without waiting for the command that is under way. */
  drop(): void {
    this.#connecting = undefined;
    this.#client.disconnect();
  }

  /** The client's error is not kept as the cause: it carries the command with its values, of AUTH the password. */
  failed(doing: string, detail: string): ServiceError {
    const { host, port, password } = this.#address;
    let text = detail.replace(/\s+/g, ' ').slice(0, 300);
    for (const form of password === undefined ? [] : [password, encodeURIComponent(password)]) {
      text = text.replaceAll(form, '[redacted]');
    }
    return new ServiceError({
      kind: 'database',
      reason: this.#text.reason,
      message: `Redis at ${host}:${port} failed while ${doing}: ${text}`,
    });
  }

  #whyNotConnected(): string {
    return this.#connectionError === undefined ? 'there is no connection yet' : textOf(this.#connectionError);
  }

  #detailOf(error: unknown): string {
    if (!isBrokenCircuitError(error)) return textOf(error);
    const { lastFailure } = this.#breaker;
    const last = lastFailure !== undefined && 'error' in lastFailure ? textOf(lastFailure.error) : 'no answer';
    return `not asked again for a moment after several calls without an answer (${last})`;
  }
}

/** Whether the server itself answered, with a refusal. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Of a refused connection to several addresses only the code is said. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}
