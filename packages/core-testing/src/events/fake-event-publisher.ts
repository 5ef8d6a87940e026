import {
  type Clock,
  EventAudience,
  type EventListener,
  type EventPublisher,
  eventText,
  type NewEvent,
  type PublishedEvent,
  ServiceError,
} from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';

export interface FakeEventPublisherOptions {
  /** Says when events were published; a still {@link VirtualClock} when left out. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** Remembers what was published, tells it to subscribers, and fails when the test says so. */
export class FakeEventPublisher implements EventPublisher {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #audience: EventAudience = new EventAudience();
  readonly #published: PublishedEvent[] = [];
  #outage: Error | undefined;

  constructor(options: FakeEventPublisherOptions = {}) {
    this.#clock = options.clock ?? new VirtualClock();
  }

  /** What was published, oldest first. Events without an id of their own are `event-1`, `event-2`, and so on. */
  get published(): readonly PublishedEvent[] {
    return this.#published;
  }

  /** Rejects every call from now on until {@link FakeEventPublisher.recover}. */
  failWith(error: Error = unavailable('the fake events were told to fail')): void {
    this.#outage = error;
  }

  /** Ends an outage. */
  recover(): void {
    this.#outage = undefined;
  }

  async publish({ id, type, data }: NewEvent): Promise<void> {
    const text = eventText({ id, type, data });
    this.#check();
    const event = {
      id: id ?? `event-${this.#published.length + 1}`,
      type,
      data: JSON.parse(text) as NewEvent['data'],
      timestamp: this.#clock.now(),
    };
    this.#published.push(event);
    this.#audience.tell(event);
  }

  async subscribe(listener: EventListener): Promise<() => Promise<void>> {
    this.#check();
    return this.#audience.add(listener);
  }

  async close(): Promise<void> {
    this.#audience.clear();
    this.failWith(unavailable('the fake events are closed'));
  }

  #check(): void {
    if (this.#outage !== undefined) throw this.#outage;
  }
}

function unavailable(message: string): ServiceError {
  return new ServiceError({ kind: 'database', reason: 'eventsUnavailable', message });
}
