import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/**
 * Server-sent events as they are made. A reader that is slow is waited for; one that is gone ends the stream, as the
 * signal does: the events are then told by the signal that they are given.
 */
export function eventStream(signal: AbortSignal, events: (signal: AbortSignal) => AsyncGenerator<string>): Readable {
  const gone = new AbortController();
  const pieces = events(AbortSignal.any([gone.signal, signal]));
  return new Readable({
    read() {
      pieces.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    // Not `Readable.from`: it would wait for the next event before it let go of a reader that is gone.
    destroy(error, callback) {
      gone.abort();
      callback(error);
    },
  });
}

/** How many events a reader that comes again has been told, by its header `last-event-id`. */
export function toldBefore(lastEventId: string | readonly string[] | undefined): number {
  return Number(/^\d{1,7}$/.exec(String(lastEventId))?.[0] ?? 0);
}

/** Answers with a stream of events. */
export async function sendEvents(reply: FastifyReply, stream: Readable): Promise<FastifyReply> {
  return await reply
    .header('content-type', 'text/event-stream')
    .header('x-accel-buffering', 'no')
    // Its end frees the connection, which may be one of many.
    .header('connection', 'close')
    .send(stream);
}
