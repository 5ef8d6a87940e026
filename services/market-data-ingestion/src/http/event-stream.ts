import { Readable } from 'node:stream';

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
