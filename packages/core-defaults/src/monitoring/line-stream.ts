import { Writable } from 'node:stream';

/** What may wait in a slow target before further lines are dropped, in bytes. */
const largestBacklog = 16 * 1024 * 1024;

/** Streams whose failures are already listened to; providers often share one. */
const guarded = new WeakSet<NodeJS.WritableStream>();

/**
 * Passes lines on to a stream and never fails, blocks or waits: what a broken target does not take, and what a slow
 * one cannot hold, is dropped.
 */
export class LineStream extends Writable {
  readonly #target: NodeJS.WritableStream;

  constructor(target: NodeJS.WritableStream) {
    super({ decodeStrings: false });
    this.#target = target;
    if (guarded.has(target)) return;
    guarded.add(target);
    // A closed pipe at the other end would otherwise end the process.
    target.on('error', ignore);
  }

  override _write(line: string, _encoding: BufferEncoding, done: () => void): void {
    try {
      const backlog = (this.#target as { writableLength?: number }).writableLength ?? 0;
      if (this.#target.writable && backlog < largestBacklog) this.#target.write(line, ignore);
    } catch {
      // Logging must not take down what it watches.
    }
    done();
  }

  /** Resolves when the target has taken everything given to it so far, or has failed. */
  async flush(): Promise<void> {
    // Winston hands its first lines on in a later turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => {
      if (!this.#target.writable) {
        resolve();
        return;
      }
      try {
        this.#target.write('', () => resolve());
      } catch {
        resolve();
      }
    });
  }
}

function ignore(): void {}
