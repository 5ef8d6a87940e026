import type { Cache } from '@quantumtrade/core-traits';
import { isReply, RedisConnection, type RedisConnectionOptions, textOf } from '../redis/redis-connection.ts';

export interface RedisCacheOptions extends RedisConnectionOptions {
  /** Stands before every key, for servers that several systems share. @default '' */
  readonly keyPrefix?: string | undefined;
  /** Time to live when a call names none, in seconds. @default 3600 */
  readonly defaultTtlSeconds?: number | undefined;
}

/**
 * The cache on a Redis server. A call gives an answer or rejects within the command's timeout, at once while there is no
 * connection or while the server is left alone after several calls without an answer; nothing is queued. The connection
 * is restored by itself.
 *
 * Calls reject with a `ServiceError` of kind `database`: `cacheUnavailable` for anything that Redis refuses or does not
 * answer, `notConnected` before {@link RedisCache.connect} and after {@link RedisCache.close}.
 */
export class RedisCache implements Cache {
  readonly #connection: RedisConnection;
  readonly #keyPrefix: string;
  readonly #defaultTtlSeconds: number;
  /** Why the server took no value at the last attempt; `undefined` when it took it. */
  #refusal: string | undefined;

  /** @throws ServiceError of kind `configuration`, reason `invalidSetting`, for an address that is none. */
  constructor(options: RedisCacheOptions) {
    this.#connection = new RedisConnection({ ...options, reason: 'cacheUnavailable', subject: 'the cache' });
    this.#keyPrefix = options.keyPrefix ?? '';
    this.#defaultTtlSeconds = options.defaultTtlSeconds ?? 3600;
  }

  /**
   * Resolves as soon as the server can be asked, and also when it cannot be reached within the connection's timeout:
   * from then on the connection is tried again by itself. Never rejects; calling it again does nothing.
   */
  async connect(): Promise<void> {
    await this.#connection.connect();
  }

  async cacheGet(key: string): Promise<string | undefined> {
    return (await this.#connection.ask('reading', (client) => client.get(this.#keyPrefix + key))) ?? undefined;
  }

  async cacheSet(key: string, value: string, ttlSeconds: number = this.#defaultTtlSeconds): Promise<void> {
    const milliseconds = Math.max(1, Math.ceil(ttlSeconds * 1000));
    await this.#connection.ask('writing', (client) =>
      this.#write(() => client.set(this.#keyPrefix + key, value, 'PX', milliseconds)),
    );
  }

  async cacheDelete(key: string): Promise<void> {
    await this.#connection.ask('deleting', (client) => client.del(this.#keyPrefix + key));
  }

  /** Resolves when the server answers and took the last value that it was given. */
  async ping(): Promise<void> {
    await this.#connection.ask('pinging', (client) => client.ping());
    if (this.#refusal !== undefined) throw this.#connection.failed('writing', this.#refusal);
  }

  /** Ends the connection, also that to a server that does not answer. Calling it again does nothing. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #write(set: () => Promise<unknown>): Promise<void> {
    try {
      await set();
      this.#refusal = undefined;
    } catch (error) {
      if (isReply(error)) this.#refusal = textOf(error);
      throw error;
    }
  }
}
