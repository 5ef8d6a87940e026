import { Writable } from 'node:stream';
import type { Streams } from './output.ts';

/** Where log lines go: straight to the stream, or on a terminal onto a line that the progress bar has left. */
export function createLogStream(stream: Streams['error']): NodeJS.WritableStream {
  if (stream.isTTY !== true) return stream;
  return new Writable({
    write: (chunk, _encoding, done) => void stream.write(`\r\u001b[2K${String(chunk)}`, () => done()),
  });
}
