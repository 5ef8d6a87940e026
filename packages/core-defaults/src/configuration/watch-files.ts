import { statSync } from 'node:fs';
import type { Clock } from '@quantumtrade/core-traits';
import { messageOf } from '../text.ts';

/** What and how to watch. */
export interface FileWatchOptions {
  /** Asked on every look: the files may become others. */
  readonly files: () => readonly string[];
  readonly clock: Pick<Clock, 'sleep'>;
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  /** Called when something differs from the last call and has stayed the same from one look to the next; once at first. */
  readonly onSettled: () => void;
}

/** Looks at the states of files until it is closed. */
export function watchFiles(options: FileWatchOptions): { close(): void } {
  const { files, clock, intervalMs, onSettled } = options;
  const ended = new AbortController();
  // Nothing is handled yet: what changed before the watching began is found as well.
  let handled: string | undefined;
  let seen: string | undefined;
  const look = (): void => {
    const state = stateOf(files());
    const settled = state === seen;
    seen = state;
    if (!settled || state === handled) return;
    handled = state;
    onSettled();
  };
  const watching = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(intervalMs, ended.signal);
      try {
        look();
      } catch (error) {
        process.emitWarning(`a change of files could not be handled: ${messageOf(error)}`);
      }
    }
  };
  // Only `close` ends the sleeping.
  watching().catch(() => undefined);
  return { close: () => ended.abort() };
}

/** Everything about the files that a change of their contents changes; links are followed. */
function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
        return [file, dev, ino, size, mtimeNs, ctimeNs].join();
      } catch {
        return `${file},absent`;
      }
    })
    .join(';');
}
