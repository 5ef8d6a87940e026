import type { EventPublisher } from '@quantumtrade/core-traits';
import type { RedisConnectionOptions } from '../redis/redis-connection.ts';
import { InProcessEventPublisher } from './in-process-event-publisher.ts';
import { RedisEventPublisher } from './redis-event-publisher.ts';

export interface EventPublisherOptions extends Omit<RedisConnectionOptions, 'url'> {
  /** Address of a Redis; without one events stay in this process. */
  readonly url?: RedisConnectionOptions['url'] | undefined;
  /** Key of the stream in Redis. */
  readonly stream: string;
}

/**
 * The events of a process: a Redis stream where there is a Redis, otherwise in process. A Redis that is away is tried
 * again by itself.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidSetting`, for a URL that is no Redis address.
 */
export async function createEventPublisher({ url, ...options }: EventPublisherOptions): Promise<EventPublisher> {
  if (url === undefined) return new InProcessEventPublisher(options);
  const publisher = new RedisEventPublisher({ ...options, url });
  await publisher.connect();
  return publisher;
}
