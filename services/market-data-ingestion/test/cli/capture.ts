import { Writable } from 'node:stream';

/** A stream that keeps what is written to it. */
export interface Capture extends NodeJS.WritableStream {
  readonly isTTY: boolean;
  text(): string;
}

export function capture(options: { readonly isTTY?: boolean } = {}): Capture {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      parts.push(Buffer.from(chunk));
      done();
    },
  });
  return Object.assign(stream, {
    isTTY: options.isTTY ?? false,
    text: () => Buffer.concat(parts).toString('utf8'),
  });
}
