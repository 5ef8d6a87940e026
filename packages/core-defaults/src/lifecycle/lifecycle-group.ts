import {
  type Clock,
  isServiceError,
  type Lifecycle,
  type LifecycleOptions,
  type MonitoringProvider,
  ServiceError,
} from '@quantumtrade/core-traits';
import { messageOf } from '../text.ts';
import { type DeadlineOutcome, withDeadline } from './with-deadline.ts';

/** Milliseconds a component may take where it names no time of its own. */
const defaultTimeoutMs = 30_000;

/** A part of a group, with the name that errors and logs call it by. */
export interface LifecycleGroupComponent {
  readonly name: string;
  readonly component: Lifecycle;
  /**
   * Milliseconds.
   * @default 30000
   */
  readonly startTimeoutMs?: number | undefined;
  /**
   * Milliseconds.
   * @default 30000
   */
  readonly stopTimeoutMs?: number | undefined;
}

/** What a group is made of. */
export interface LifecycleGroupDependencies {
  /** In the order in which they start; they stop in reverse. */
  readonly components: readonly LifecycleGroupComponent[];
  readonly clock: Clock;
  readonly monitoring?: MonitoringProvider | undefined;
}

/**
 * Starts components in order and stops them in reverse, each within its time.
 *
 * `start` rejects with a `ServiceError` of kind `system` and reason `startFailed` that names the component, after it
 * has stopped what was started. `stop` carries on past failures and rejects with one `stopFailed` at the end. A `stop`
 * while a start is under way ends that start, which then rejects. Both may be called at any time and repeatedly.
 */
export class LifecycleGroup implements Lifecycle {
  readonly #components: readonly LifecycleGroupComponent[];
  readonly #clock: Clock;
  readonly #monitoring: MonitoringProvider | undefined;
  /** Components that may hold something, in the order of their start. */
  #running: LifecycleGroupComponent[] = [];
  #starting: Promise<void> | undefined;
  #endStart: AbortController | undefined;
  #stopping: Promise<void> | undefined;

  constructor(dependencies: LifecycleGroupDependencies) {
    this.#components = dependencies.components;
    this.#clock = dependencies.clock;
    this.#monitoring = dependencies.monitoring;
  }

  start(options: LifecycleOptions = {}): Promise<void> {
    this.#starting ??= this.#begin(options);
    return this.#starting;
  }

  stop(options: LifecycleOptions = {}): Promise<void> {
    // A stop under way is enough, unless a start was asked for after it.
    if (this.#stopping !== undefined && this.#starting === undefined) return this.#stopping;
    const stopping = this.#end(options).finally(() => {
      if (this.#stopping === stopping) this.#stopping = undefined;
    });
    this.#stopping = stopping;
    return stopping;
  }

  #begin(options: LifecycleOptions): Promise<void> {
    const end = new AbortController();
    this.#endStart = end;
    const starting: Promise<void> = this.#startAll(options, end.signal, this.#stopping).catch((error: unknown) => {
      if (this.#starting === starting) this.#starting = undefined;
      throw error;
    });
    return starting;
  }

  async #startAll(options: LifecycleOptions, ended: AbortSignal, stopping: Promise<void> | undefined): Promise<void> {
    await stopping?.catch(() => undefined);
    const signal = options.signal === undefined ? ended : AbortSignal.any([ended, options.signal]);
    for (const entry of this.#components) {
      if (signal.aborted) throw await this.#abandonStart(entry, { outcome: 'aborted' });
      this.#running.push(entry);
      const timeoutMs = entry.startTimeoutMs ?? defaultTimeoutMs;
      const outcome = await withDeadline({ clock: this.#clock, timeoutMs, signal }, (componentSignal) =>
        entry.component.start({ signal: componentSignal }),
      );
      if (outcome.outcome === 'done') continue;
      // One that threw has cleaned up after itself; one that is still at it must be told to stop.
      if (outcome.outcome === 'failed') this.#running.pop();
      throw await this.#abandonStart(entry, outcome);
    }
  }

  async #abandonStart(entry: LifecycleGroupComponent, outcome: DeadlineOutcome<void>): Promise<ServiceError> {
    const failures = await this.#stopAll({});
    if (failures.length > 0) this.#warn(`after a failed start: ${failures.join('; ')}`);
    const cause = outcome.outcome === 'failed' ? outcome.error : undefined;
    return new ServiceError({
      kind: 'system',
      reason: 'startFailed',
      message: `${entry.name} could not be started: ${explain(outcome, entry.startTimeoutMs)}`,
      retryable: isServiceError(cause) && cause.retryable,
      cause,
    });
  }

  async #end(options: LifecycleOptions): Promise<void> {
    const previous = this.#stopping;
    const starting = this.#starting;
    this.#starting = undefined;
    this.#endStart?.abort();
    await previous?.catch(() => undefined);
    await starting?.catch(() => undefined);
    const failures = await this.#stopAll(options);
    if (failures.length === 0) return;
    throw new ServiceError({ kind: 'system', reason: 'stopFailed', message: failures.join('; ') });
  }

  /** Stops what runs, the last started first, and says what did not work. */
  async #stopAll(options: LifecycleOptions): Promise<string[]> {
    const failures: string[] = [];
    for (let entry = this.#running.pop(); entry !== undefined; entry = this.#running.pop()) {
      const { name, component } = entry;
      const timeoutMs = entry.stopTimeoutMs ?? defaultTimeoutMs;
      const outcome = await withDeadline({ clock: this.#clock, timeoutMs, signal: options.signal }, (signal) =>
        component.stop({ signal }),
      );
      if (outcome.outcome === 'done') continue;
      failures.push(`${name} could not be stopped: ${explain(outcome, entry.stopTimeoutMs)}`);
    }
    return failures;
  }

  #warn(message: string): void {
    try {
      this.#monitoring?.logWarn(message);
    } catch {
      // Monitoring that breaks its promise must not leave components running.
    }
  }
}

function explain(outcome: DeadlineOutcome<void>, timeoutMs: number = defaultTimeoutMs): string {
  switch (outcome.outcome) {
    case 'failed':
      return messageOf(outcome.error);
    case 'timedOut':
      return `it took longer than ${timeoutMs} ms`;
    default:
      return 'it was given up before it ended';
  }
}
