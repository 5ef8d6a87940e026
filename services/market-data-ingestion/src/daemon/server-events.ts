/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events out of their text, however it is cut; comments and unfinished events are left out. */
export async function* eventsIn(pieces: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const piece of pieces) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^[^:]*: ?/, '')]));
      const event = fields.get('event');
      const data = fields.get('data');
      if (event !== undefined && data !== undefined) yield { event, data };
    }
  }
}
