import {
  type Cache,
  type Clock,
  type HealthCheck,
  isServiceError,
  type MonitoringProvider,
  type Redacted,
} from '@quantumtrade/core-traits';
import type { CircuitState } from '../redis/redis-connection.ts';
import { InProcessCache } from './in-process-cache.ts';
import { cacheInstruments } from './instruments.ts';
import { MeasuredCache } from './measured-cache.ts';
import { RedisCache, type RedisCacheOptions } from './redis-cache.ts';

/** Which cache is used, and how. Without a `url` only the time to live and `maxEntries` mean something. */
export interface CacheOptions extends Omit<RedisCacheOptions, 'clock' | 'url' | 'onCircuit'> {
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS. In process when left out. */
  readonly url?: Redacted<string> | string | undefined;
  /** Of the cache in process: entries beyond this push out the ones used longest ago. @default 10000 */
  readonly maxEntries?: number | undefined;
}

/** A cache with its life and its health. */
export interface ManagedCache {
  readonly cache: Cache;
  readonly healthCheck: HealthCheck;
  /** Never rejects: a process starts without its cache. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

interface CacheParts {
  readonly clock: Clock;
  /** Counts what the cache is asked. */
  readonly monitoring?: MonitoringProvider | undefined;
}

const circuitValues: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** @throws ServiceError of kind `configuration`, reason `invalidSetting`, for a URL that is no Redis address. */
export function createCache(options: CacheOptions & CacheParts): ManagedCache {
  const { url, clock, monitoring, defaultTtlSeconds = 3600, maxEntries = 10_000 } = options;
  const measured = (cache: Cache): Cache =>
    monitoring === undefined ? cache : new MeasuredCache({ cache, monitoring });
  const onCircuit = (state: CircuitState): void =>
    monitoring?.recordMetric(cacheInstruments.circuit, circuitValues[state], { circuit: 'redis' });
  onCircuit('closed');
  if (url === undefined) {
    return {
      cache: measured(new InProcessCache({ clock, defaultTtlSeconds, maxEntries })),
      healthCheck: {
        name: 'redis',
        critical: false,
        check: () => ({ status: 'healthy', message: '', implementation: 'in-process' }),
      },
      connect: async () => {},
      close: async () => {},
    };
  }
  const cache = new RedisCache({ ...options, url, onCircuit });
  return {
    cache: measured(cache),
    healthCheck: {
      name: 'redis',
      critical: false,
      check: async () => {
        try {
          await cache.ping();
          return { status: 'healthy', message: '', implementation: 'server' };
        } catch (error) {
          // The service does all its work without a cache, if more slowly, so this is never worse than degraded.
          const message = isServiceError(error) ? error.message : 'the check failed';
          return { status: 'degraded', message, implementation: 'server' };
        }
      },
    },
    connect: () => cache.connect(),
    close: () => cache.close(),
  };
}
