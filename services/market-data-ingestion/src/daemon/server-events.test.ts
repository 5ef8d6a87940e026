import { expect, it } from 'vitest';
import { eventsIn, type ServerEvent } from './server-events.ts';

const text =
  'id: 1\nevent: state\ndata: {"a":"b: c"}\n\n: still here\n\nevent: outcome\ndata: 2\n\nevent: cut\ndata: 3';

it.each([1, 2, 7, 1000])(
  'events are read from pieces of %i characters; comments and a cut one are left out',
  async (size) => {
    async function* pieces(): AsyncGenerator<string> {
      for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
    }
    const events: ServerEvent[] = [];
    for await (const event of eventsIn(pieces())) events.push(event);
    expect(events).toEqual([
      { event: 'state', data: '{"a":"b: c"}' },
      { event: 'outcome', data: '2' },
    ]);
  },
);
