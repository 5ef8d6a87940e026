/** Something that is started once and stopped once, in an order that its owner decides. */
export interface Lifecycle {
  /** Resolves when the component can work. Calling it again while started does nothing. */
  start(options?: LifecycleOptions): Promise<void>;
  /** Finishes work under way, then releases everything. Calling it again, or before `start`, does nothing. */
  stop(options?: LifecycleOptions): Promise<void>;
}

export interface LifecycleOptions {
  /** Gives up waiting when aborted. */
  readonly signal?: AbortSignal | undefined;
}
