import type { Json } from '../work/work-queue.ts';

/** Something that happened, to be told to whoever wants to know. */
export interface NewEvent {
  /** What sort of thing happened, such as `job.completed`; 1 to 200 characters. */
  readonly type: string;
  /** Plain data, without secrets. */
  readonly data: Json;
  /** Tells events that are published twice by whoever cannot know. @default a new UUID */
  readonly id?: string | undefined;
}

/** An event as subscribers hear it. */
export interface PublishedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Json;
  /** When it was published: milliseconds since the Unix epoch (UTC). */
  readonly timestamp: number;
}

export type EventListener = (event: PublishedEvent) => void | Promise<void>;

/**
 * Tells what happened. A subscriber hears each event that is published after its subscription, in the order of
 * publishing, and once each unless the publisher repeats it; the next one when it is done with the one before. A listener
 * that fails or takes long harms nobody else.
 */
export interface EventPublisher {
  /**
   * Publishes an event. Resolves once it is accepted; subscribers hear it on their own time.
   *
   * @throws ServiceError: kind `database` when it could not be accepted, also after `close`; kind `configuration` with
   * reason `invalidEvent` for one that breaks the limits above.
   */
  publish(event: NewEvent): Promise<void>;
  /**
   * Hears events from now on, until the returned function is called.
   *
   * @throws ServiceError of kind `database` when nobody can be heard now.
   */
  subscribe(listener: EventListener): Promise<() => Promise<void>>;
  /** Ends all subscriptions and releases connections. Calling it again does nothing. */
  close(): Promise<void>;
}
