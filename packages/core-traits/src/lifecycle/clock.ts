/** Time, waiting and chance, injected so that tests can hold them still. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch (UTC). May jump; use `monotonic` to measure. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes backwards. */
  monotonic(): number;
  /**
   * Resolves after `milliseconds`. Rejects with the signal's reason as soon as `signal` aborts, and leaves no timer
   * behind.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1), for jitter and sampling; not for secrets. */
  random(): number;
}
