import { type EventPublisher, type PublishedEvent, ServiceError } from '@quantumtrade/core-traits';
import { FakeEventPublisher } from '../events/fake-event-publisher.ts';
import type { SuiteFactory } from '../suites/suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (events: FakeEventPublisher) => Partial<EventPublisher>;

/** Event publishers that break a law of the event publisher suite each. */
export const brokenEventPublishers: readonly BrokenImplementation<SuiteFactory<EventPublisher>>[] = [
  broken('turns data into text', 'tells a subscriber what was published, with its data word for word', (events) => ({
    publish: (event) => events.publish({ ...event, data: String(event.data) }),
  })),
  broken('names events after their type', 'gives each event an id of its own where it has none', (events) => ({
    publish: (event) => events.publish({ ...event, id: 'event' }),
  })),
  broken('knows one subscriber only', 'tells every subscriber', (events) => {
    let leave: (() => Promise<void>) | undefined;
    return {
      subscribe: async (listener) => {
        await leave?.();
        leave = await events.subscribe(listener);
        return leave;
      },
    };
  }),
  broken('tells everything twice', 'tells events in the order of publishing, and once each', (events) => ({
    subscribe: (listener) =>
      events.subscribe(async (event) => {
        await listener(event);
        await listener(event);
      }),
  })),
  broken('tells old events', 'says nothing of what was published before a subscription', (events) => ({
    subscribe: async (listener) => {
      for (const event of events.published) await listener(event);
      return await events.subscribe(listener);
    },
  })),
  broken('never lets go', 'says nothing to a subscriber that has ended, and goes on with the others', (events) => ({
    subscribe: async (listener) => {
      await events.subscribe(listener);
      return async () => {};
    },
  })),
  broken(
    'does not wait for listeners',
    'tells the next event when the listener is done with the one before',
    (events) => ({
      subscribe: (listener) =>
        events.subscribe((event) => {
          (async () => listener(event))().catch(() => {});
        }),
    }),
  ),
  broken('ends a subscription that fails', 'goes on when listeners fail, for them and for others', (events) => ({
    subscribe: async (listener) => {
      const end = await events.subscribe(async (event) => {
        try {
          await listener(event);
        } catch {
          await end();
        }
      });
      return end;
    },
  })),
  broken('publishes when everybody has heard', 'lets nobody wait for a listener that does not end', (events) => {
    const listeners: ((event: PublishedEvent) => unknown)[] = [];
    return {
      publish: async (event) => {
        await events.publish(event);
        for (const listener of listeners) await listener(events.published.at(-1) as PublishedEvent);
      },
      subscribe: async (listener) => {
        listeners.push(listener);
        return async () => {};
      },
    };
  }),
  broken('gives everybody the same data', 'gives each subscriber data of its own', (events) => {
    const data = new Map<string, PublishedEvent['data']>();
    return {
      subscribe: (listener) =>
        events.subscribe((event) => {
          if (!data.has(event.id)) data.set(event.id, event.data);
          return listener({ ...event, data: data.get(event.id) as PublishedEvent['data'] });
        }),
    };
  }),
  broken('swallows what is wrong', 'refuses events beyond its limits and tells nobody of them', (events) => ({
    publish: (event) => events.publish(event).catch(() => {}),
  })),
  broken('takes events when it is closed', 'takes nothing once it is closed, and may be closed twice', (events) => ({
    close: async () => events.recover(),
  })),
  broken('cannot be closed twice', 'takes nothing once it is closed, and may be closed twice', (events) => {
    let closed = false;
    return {
      close: async () => {
        if (closed) throw new ServiceError({ kind: 'system', reason: 'notRunning', message: 'closed already' });
        closed = true;
        await events.close();
      },
    };
  }),
];

function broken(defect: string, law: string, by: Break): BrokenImplementation<SuiteFactory<EventPublisher>> {
  const create: SuiteFactory<EventPublisher>['create'] = async () => {
    const events = new FakeEventPublisher();
    const sound: EventPublisher = {
      publish: (event) => events.publish(event),
      subscribe: (listener) => events.subscribe(listener),
      close: () => events.close(),
    };
    return { subject: { ...sound, ...by(events) } };
  };
  return { defect, law, factory: { create } };
}
