import { randomUUID } from 'node:crypto';
import {
  EventAudience,
  type EventListener,
  type EventPublisher,
  eventText,
  type Json,
  type NewEvent,
  type PublishedEvent,
} from '@quantumtrade/core-traits';
import { RedisConnection, type RedisConnectionOptions } from '../redis/redis-connection.ts';

export interface RedisEventPublisherOptions extends RedisConnectionOptions {
  /** Key of the stream. */
  readonly stream: string;
  /** About how many events the stream keeps; older ones go. @default 10000 */
  readonly kept?: number | undefined;
}

/** How long a reader waits for the next event before it asks again, in milliseconds. */
const blockMs = 1_000;
/** How long a reader waits after Redis did not answer, in milliseconds. */
const awayMs = 500;
const readAtOnce = 100;

const text = { reason: 'eventsUnavailable', subject: 'the event stream' };

/**
 * Events in a Redis stream, for all processes that name it: fields `id`, `type`, `data` (JSON) and `timestamp`
 * (milliseconds UTC). Publishing gives up within the command's timeout, and at once while Redis is known to be away.
 * Each subscription has a connection of its own and goes on where it was when Redis comes back.
 *
 * Calls reject with a `ServiceError` of kind `database`: `eventsUnavailable` for anything that Redis refuses or does not
 * answer, `notConnected` before {@link RedisEventPublisher.connect} and after {@link RedisEventPublisher.close}.
 */
export class RedisEventPublisher implements EventPublisher {
  readonly #options: RedisEventPublisherOptions;
  readonly #connection: RedisConnection;
  readonly #subscriptions: Set<() => Promise<void>> = new Set();

  /** @throws ServiceError of kind `configuration`, reason `invalidSetting`, for an address that is none. */
  constructor(options: RedisEventPublisherOptions) {
    this.#options = options;
    this.#connection = new RedisConnection({ ...options, ...text });
  }

  /** Resolves as soon as the server can be asked, and also when it cannot be reached in time. Never rejects. */
  async connect(): Promise<void> {
    await this.#connection.connect();
  }

  async publish(event: NewEvent): Promise<void> {
    const data = eventText(event);
    const { stream, kept = 10_000, clock } = this.#options;
    const fields = ['id', event.id ?? randomUUID(), 'type', event.type, 'data', data, 'timestamp', clock.now()];
    await this.#connection.ask('publishing an event', (client) =>
      client.xadd(stream, 'MAXLEN', '~', kept, '*', ...fields),
    );
  }

  async subscribe(listener: EventListener): Promise<() => Promise<void>> {
    const { stream } = this.#options;
    const newest = await this.#connection.ask('looking for the newest event', (client) =>
      client.xrevrange(stream, '+', '-', 'COUNT', 1),
    );
    const reading = new AbortController();
    const audience = new EventAudience();
    const done = this.#read(audience, newest[0]?.[0] ?? '0-0', reading.signal);
    const leave = audience.add(listener);
    const end = async (): Promise<void> => {
      this.#subscriptions.delete(end);
      await leave();
      reading.abort();
      await done;
    };
    this.#subscriptions.add(end);
    return end;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((end) => end()));
    await this.#connection.close();
  }

  async #read(audience: EventAudience, after: string, signal: AbortSignal): Promise<void> {
    const { stream, clock } = this.#options;
    const reader = new RedisConnection({ ...this.#options, ...text, commandTimeoutMs: blockMs * 2 });
    // A command that waits for events is not to be waited for.
    signal.addEventListener('abort', () => reader.drop(), { once: true });
    await reader.connect();
    let last = after;
    while (!signal.aborted) {
      try {
        const answer = await reader.ask('reading events', (client) =>
          client.xread('COUNT', readAtOnce, 'BLOCK', blockMs, 'STREAMS', stream, last),
        );
        for (const [id, fields] of answer?.[0]?.[1] ?? []) {
          last = id;
          const event = eventOf(fields);
          if (event !== undefined) audience.tell(event);
        }
      } catch {
        await clock.sleep(awayMs, signal).catch(() => {});
      }
    }
    reader.drop();
  }
}

/** An entry of the stream; `undefined` for what somebody else put there. */
function eventOf(fields: readonly string[]): PublishedEvent | undefined {
  const entry = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    entry.set(fields[index] as string, fields[index + 1] as string);
  }
  const [id, type, data, timestamp] = ['id', 'type', 'data', 'timestamp'].map((name) => entry.get(name));
  if (id === undefined || type === undefined || data === undefined || timestamp === undefined) return undefined;
  try {
    return { id, type, data: JSON.parse(data) as Json, timestamp: Number(timestamp) };
  } catch {
    return undefined;
  }
}
