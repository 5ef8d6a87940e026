import {
  type Clock,
  type ErrorDecision,
  type ErrorHandler,
  type ServiceError,
  toServiceError,
} from '@quantumtrade/core-traits';
import type { Deadline } from './deadline.ts';

/** A step that succeeded, or failed for good with what the error handler wants done about it. */
export type StepOutcome<T> =
  | { readonly value: T }
  | { readonly error: ServiceError; readonly decision: Exclude<ErrorDecision, { action: 'retry' }> };

export interface Step<T> {
  /** Name of the step, for the error handler and the logs: `fetch`, `process` or `store`. */
  readonly operation: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly run: () => Promise<T> | T;
}

export interface AttemptsDependencies {
  readonly serviceName: string;
  readonly errorHandler: ErrorHandler;
  readonly clock: Clock;
}

/** Carries out what the error handler decides: it alone says whether and when a step is tried again. */
export class Attempts {
  readonly #dependencies: AttemptsDependencies;

  constructor(dependencies: AttemptsDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Runs a step until it succeeds or is given up. A wait that would outlast the deadline is not begun, and a step that
   * outlasts it is left behind.
   *
   * @throws the reason of the caller's signal when the caller gave up.
   */
  async run<T>(step: Step<T>, deadline: Deadline): Promise<StepOutcome<T>> {
    const { serviceName, errorHandler, clock } = this.#dependencies;
    for (let attempt = 1; ; attempt++) {
      try {
        deadline.signal.throwIfAborted();
        return { value: await deadline.within(step.run()) };
      } catch (cause) {
        deadline.throwIfCancelled();
        const error = toServiceError(cause);
        const decision = errorHandler.handleError(error, {
          service: serviceName,
          operation: step.operation,
          timestamp: clock.now(),
          attempt,
          metadata: step.metadata,
        });
        if (decision.action !== 'retry') return { error, decision };
        if (deadline.signal.aborted || decision.delayMs >= deadline.remainingMs) {
          return { error, decision: { action: 'fail' } };
        }
        try {
          await clock.sleep(decision.delayMs, deadline.signal);
        } catch {
          // The deadline or the caller ended the wait: the next turn reports it.
        }
      }
    }
  }
}
