import { createHash } from 'node:crypto';
import { parseRedisAddress, redisClientAddress } from '@quantumtrade/database-abstraction';
import { Redis } from 'ioredis';

/** Runs Lua scripts in a Redis. */
export interface RedisScripts {
  /** @throws the client's error when Redis does not answer soon. */
  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** Ends the connection; the next run makes a new one. */
  close(): Promise<void>;
}

export interface RedisScriptsSettings {
  /** Stands before every key. @default '' */
  readonly keyPrefix?: string | undefined;
  /** @default 2000 */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * What one run may take. A request to the vendor waits for it, so a Redis that is slow counts as one that is away.
   *
   * @default 500
   */
  readonly commandTimeoutMs?: number | undefined;
}

/**
 * Makes a connection to the Redis at a URL (`redis://` or `rediss://`) or at the path of a socket, when it is first
 * needed.
 */
export type RedisScriptsFactory = (address: string, settings?: RedisScriptsSettings) => RedisScripts;

/**
 * {@link RedisScripts} over ioredis, which fails fast and queues nothing while Redis is away.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidSetting`, for an address that is none.
 */
export function connectRedisScripts(address: string, settings: RedisScriptsSettings = {}): RedisScripts {
  const options = optionsOf(address, settings);
  const digests = new Map<string, string>();
  let client: Redis | undefined;
  let first: Promise<void> | undefined;
  const connected = async (): Promise<Redis> => {
    client ??= create(options);
    const current = client;
    // Commands before the first connection would be refused; later ones find it made or being made again.
    if (current.status === 'wait') {
      const attempt = current.connect();
      first = attempt;
      attempt.catch(() => {
        if (first === attempt) first = undefined;
      });
    }
    // Whoever comes while it is made waits for it too.
    await first;
    return current;
  };
  return {
    run: async (script, keys, values) => {
      const redis = await connected();
      let digest = digests.get(script);
      if (digest === undefined) {
        digest = createHash('sha1').update(script).digest('hex');
        digests.set(script, digest);
      }
      try {
        return await redis.evalsha(digest, keys.length, ...keys, ...values);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return await redis.eval(script, keys.length, ...keys, ...values);
      }
    },
    close: async () => {
      const ending = client;
      client = undefined;
      ending?.disconnect();
    },
  };
}

function optionsOf(
  address: string,
  { keyPrefix = '', connectTimeoutMs = 2000, commandTimeoutMs = 500 }: RedisScriptsSettings,
) {
  return {
    ...placeOf(address),
    keyPrefix,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    retryStrategy: (times: number) => Math.min(100 * times, 1000),
  };
}

function placeOf(address: string) {
  if (address.startsWith('/')) return { path: address };
  return redisClientAddress(parseRedisAddress(address));
}

function create(options: ReturnType<typeof optionsOf>): Redis {
  const client = new Redis(options);
  // Each failed command says so itself; without a listener a lost connection would end the process.
  client.on('error', () => {});
  return client;
}
