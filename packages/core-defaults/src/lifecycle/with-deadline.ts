import type { Clock } from '@quantumtrade/core-traits';

/** How a piece of work under a deadline ended. */
export type DeadlineOutcome<T> =
  | { readonly outcome: 'done'; readonly value: T }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'timedOut' }
  | { readonly outcome: 'aborted' };

/**
 * Waits for work until it ends, its time is over, or `signal` aborts, whichever comes first. Never rejects.
 *
 * The work gets a signal that aborts as soon as nobody waits for it any more; whatever comes of it later is dropped.
 * No timer and no listener stays behind.
 */
export async function withDeadline<T>(
  options: {
    readonly clock: Clock;
    /** Milliseconds. */
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
  },
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<DeadlineOutcome<T>> {
  const { clock, timeoutMs, signal } = options;
  const waiting = new AbortController();
  const finished = new AbortController();
  const worked = (async (): Promise<DeadlineOutcome<T>> => {
    try {
      return { outcome: 'done', value: await work(waiting.signal) };
    } catch (error) {
      return { outcome: 'failed', error };
    }
  })();
  const timedOut = clock.sleep(timeoutMs, finished.signal).then(
    (): DeadlineOutcome<T> => ({ outcome: 'timedOut' }),
    (): DeadlineOutcome<T> => ({ outcome: 'aborted' }),
  );
  let abort: (() => void) | undefined;
  const aborted = new Promise<DeadlineOutcome<T>>((resolve) => {
    abort = () => resolve({ outcome: 'aborted' });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
  const result = await Promise.race([worked, aborted, timedOut]);
  finished.abort();
  if (abort !== undefined) signal?.removeEventListener('abort', abort);
  if (result.outcome === 'timedOut' || result.outcome === 'aborted') {
    waiting.abort(signal?.aborted ? signal.reason : new DOMException('the deadline passed', 'TimeoutError'));
  }
  return result;
}
