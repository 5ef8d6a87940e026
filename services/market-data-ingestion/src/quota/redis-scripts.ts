import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';

/** Runs Lua scripts in a Redis. */
export interface RedisScripts {
  /** @throws the client's error when Redis does not answer soon. */
  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** Ends the connection; the next run makes a new one. */
  close(): Promise<void>;
}

/** Makes a connection to the Redis at a URL (`redis://` or `rediss://`), when it is first needed. */
export type RedisScriptsFactory = (url: string) => RedisScripts;

/** A request to the vendor waits for this, so a Redis that is slow counts as one that is away. */
const commandTimeoutMs = 500;
const connectTimeoutMs = 2000;

/** {@link RedisScripts} over ioredis, which fails fast and queues nothing while Redis is away. */
export function connectRedisScripts(url: string): RedisScripts {
  const digests = new Map<string, string>();
  let client: Redis | undefined;
  const connected = async (): Promise<Redis> => {
    client ??= create(url);
    // Commands before the first connection would be refused; later ones find it made or being made again.
    if (client.status === 'wait') await client.connect();
    return client;
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

function create(url: string): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    retryStrategy: (times) => Math.min(100 * times, 1000),
  });
  // Each failed command says so itself; without a listener a lost connection would end the process.
  client.on('error', () => {});
  return client;
}
