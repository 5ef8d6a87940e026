import {
  type EventPublisher,
  isServiceError,
  type Json,
  type NewEvent,
  type PublishedEvent,
} from '@quantumtrade/core-traits';
import { pass, rejectionOf, type SuiteFactory, settled, type TestFunctions, withSubject } from './suite.ts';

/** How often it is looked whether an event has arrived, and how many times, in milliseconds. */
const [lookMs, looks] = [5, 160];

/** A subscriber that remembers what it hears. */
interface Listening {
  readonly heard: readonly PublishedEvent[];
  /** Types of the events, once it has heard so many. */
  types(count: number): Promise<string[]>;
  end(): Promise<void>;
}

/** What every {@link EventPublisher} must do. The subject's subscribers hear nothing but what the test publishes. */
export function eventPublisherSuite(
  { describe, it, expect }: TestFunctions,
  factory: SuiteFactory<EventPublisher>,
): void {
  const law = (name: string, body: (events: EventPublisher) => Promise<void>): void => {
    it(
      name,
      withSubject(factory, (events) => body(events)),
    );
  };

  describe('an event publisher', () => {
    law('tells a subscriber what was published, with its data word for word', async (events) => {
      const listening = await listen(events);
      const data: Json = { text: 'é "quoted"\n🚀', list: [1, null, true, { deep: [] }], number: 1.5 };
      await events.publish({ id: 'its own', type: 'job.completed', data });
      await listening.types(1);
      const [event] = listening.heard;
      expect({ ...event, timestamp: 0 }).toEqual({ id: 'its own', type: 'job.completed', data, timestamp: 0 });
      expect(Number.isFinite(event?.timestamp)).toBe(true);
    });

    law('gives each event an id of its own where it has none', async (events) => {
      const listening = await listen(events);
      for (const type of ['a', 'b']) await events.publish({ type, data: null });
      await listening.types(2);
      const ids = listening.heard.map(({ id }) => id);
      expect([new Set(ids).size, ids.every((id) => typeof id === 'string' && id !== '')]).toEqual([2, true]);
    });

    law('tells every subscriber', async (events) => {
      const all = [await listen(events), await listen(events), await listen(events)];
      await events.publish({ type: 'a', data: null });
      expect(await Promise.all(all.map((listening) => listening.types(1)))).toEqual([['a'], ['a'], ['a']]);
    });

    law('tells events in the order of publishing, and once each', async (events) => {
      const listening = await listen(events);
      const types = Array.from({ length: 50 }, (_, index) => `type-${index}`);
      for (const type of types) await events.publish({ type, data: null });
      expect(await listening.types(50)).toEqual(types);
    });

    law('says nothing of what was published before a subscription', async (events) => {
      await events.publish({ type: 'before', data: null });
      const listening = await listen(events);
      await events.publish({ type: 'after', data: null });
      expect(await listening.types(1)).toEqual(['after']);
    });

    law('says nothing to a subscriber that has ended, and goes on with the others', async (events) => {
      const [ended, other] = [await listen(events), await listen(events)];
      await ended.end();
      await events.publish({ type: 'a', data: null });
      expect([await other.types(1), ended.heard.length]).toEqual([['a'], 0]);
    });

    law('tells the next event when the listener is done with the one before', async (events) => {
      const order: string[] = [];
      await events.subscribe(async ({ type }) => {
        order.push(`${type} begins`);
        await pass(undefined, 5);
        order.push(`${type} ends`);
      });
      for (const type of ['a', 'b']) await events.publish({ type, data: null });
      await until(() => order.length === 4, 'the listener to be done');
      expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    });

    law('goes on when listeners fail, for them and for others', async (events) => {
      const failing: string[] = [];
      await events.subscribe(({ type }) => {
        failing.push(type);
        throw new Error('a listener fails');
      });
      await events.subscribe(async () => Promise.reject(new Error('a listener fails later')));
      const listening = await listen(events);
      for (const type of ['a', 'b']) await events.publish({ type, data: null });
      expect(await listening.types(2)).toEqual(['a', 'b']);
      await until(() => failing.length === 2, 'the failing listener');
    });

    law('lets nobody wait for a listener that does not end', async (events) => {
      await events.subscribe(() => new Promise(() => {}));
      const listening = await listen(events);
      for (const type of ['a', 'b']) await settled(events.publish({ type, data: null }), 'the publishing');
      expect(await listening.types(2)).toEqual(['a', 'b']);
    });

    law('gives each subscriber data of its own', async (events) => {
      await events.subscribe(({ data }) => {
        (data as { list: number[] }).list.push(2);
      });
      const listening = await listen(events);
      await events.publish({ type: 'a', data: { list: [1] } });
      await listening.types(1);
      expect(listening.heard[0]?.data).toEqual({ list: [1] });
    });

    law('refuses events beyond its limits and tells nobody of them', async (events) => {
      const listening = await listen(events);
      const bad: NewEvent[] = [
        { type: '', data: null },
        { type: 'x'.repeat(201), data: null },
        { type: 'a', id: '', data: null },
        { type: 'a', data: undefined as unknown as Json },
        { type: 'a', data: 1n as unknown as Json },
      ];
      for (const event of bad) {
        const failure = await rejectionOf(events.publish(event));
        expect(isServiceError(failure) && [failure.kind, failure.reason]).toEqual(['configuration', 'invalidEvent']);
      }
      await events.publish({ type: 'good', data: null });
      expect(await listening.types(1)).toEqual(['good']);
    });

    law('takes nothing once it is closed, and may be closed twice', async (events) => {
      await events.close();
      await events.close();
      const failure = await rejectionOf(events.publish({ type: 'a', data: null }));
      expect(isServiceError(failure) && failure.kind).toBe('database');
    });
  });
}

async function listen(events: EventPublisher): Promise<Listening> {
  const heard: PublishedEvent[] = [];
  const end = await events.subscribe((event) => void heard.push(event));
  return {
    heard,
    end,
    types: async (count) => {
      await until(() => heard.length >= count, `${count} events`);
      return heard.map(({ type }) => type);
    },
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let look = 0; look < looks; look++) {
    if (condition()) return;
    await pass(undefined, lookMs);
  }
  throw new Error(`still waiting for ${what}`);
}
