import { randomUUID } from 'node:crypto';
import {
  type Clock,
  EventAudience,
  type EventListener,
  type EventPublisher,
  eventText,
  type NewEvent,
  ServiceError,
} from '@quantumtrade/core-traits';

export interface InProcessEventPublisherOptions {
  readonly clock: Pick<Clock, 'now'>;
}

/** Events that stay in this process: who subscribes here hears what is published here. */
export class InProcessEventPublisher implements EventPublisher {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #audience = new EventAudience();
  #closed = false;

  constructor({ clock }: InProcessEventPublisherOptions) {
    this.#clock = clock;
  }

  async publish(event: NewEvent): Promise<void> {
    const data = JSON.parse(eventText(event)) as NewEvent['data'];
    this.#requireOpen();
    this.#audience.tell({ id: event.id ?? randomUUID(), type: event.type, data, timestamp: this.#clock.now() });
  }

  async subscribe(listener: EventListener): Promise<() => Promise<void>> {
    this.#requireOpen();
    return this.#audience.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#audience.clear();
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    const message = 'the events are closed: publish and subscribe before close()';
    throw new ServiceError({ kind: 'database', reason: 'notConnected', message, retryable: false });
  }
}
