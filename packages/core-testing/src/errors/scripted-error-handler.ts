import type {
  ErrorClassification,
  ErrorContext,
  ErrorDecision,
  ErrorHandler,
  ServiceError,
  ServiceErrorKind,
} from '@quantumtrade/core-traits';

export interface ScriptedErrorHandlerOptions {
  /** What to do about a failure; `{ action: 'fail' }` for every one when left out. */
  readonly decide?: (error: ServiceError, context: ErrorContext) => ErrorDecision;
  /** How to classify a failure; by its `retryable` when left out. */
  readonly classify?: (error: ServiceError) => ErrorClassification;
}

/** A failure that was reported. */
export interface ReportedError {
  readonly error: ServiceError;
  readonly context: ErrorContext;
}

/** A failure that was decided on. */
export interface HandledError extends ReportedError {
  readonly decision: ErrorDecision;
}

/**
 * Decides by a script and keeps what it was asked. A scripted `retry` whose attempts are used up becomes `fail`, as the
 * contract promises: `decide: () => ({ action: 'retry', delayMs: 10, maxAttempts: 3 })` ends by itself.
 */
export class ScriptedErrorHandler implements ErrorHandler {
  readonly #decide: (error: ServiceError, context: ErrorContext) => ErrorDecision;
  readonly #classify: (error: ServiceError) => ErrorClassification;
  readonly #handled: HandledError[] = [];
  readonly #reported: ReportedError[] = [];

  constructor(options: ScriptedErrorHandlerOptions = {}) {
    this.#decide = options.decide ?? (() => ({ action: 'fail' }));
    this.#classify = options.classify ?? classifyByRetryable;
  }

  /** Every call of {@link ScriptedErrorHandler.handleError}, in order. */
  get handled(): readonly HandledError[] {
    return this.#handled;
  }

  /** Every reported failure, in order; handling a failure reports it too. */
  get reported(): readonly ReportedError[] {
    return this.#reported;
  }

  /** What was decided so far, in order; about failures of one kind when given. */
  decisions(kind?: ServiceErrorKind): readonly ErrorDecision[] {
    return this.#handled
      .filter(({ error }) => kind === undefined || error.kind === kind)
      .map(({ decision }) => decision);
  }

  /** The failures of one kind that were reported, in order; those with one reason when given. */
  failures(kind: ServiceErrorKind, reason?: string): readonly ServiceError[] {
    return this.#reported
      .map(({ error }) => error)
      .filter((error) => error.kind === kind && (reason === undefined || error.reason === reason));
  }

  handleError(error: ServiceError, context: ErrorContext): ErrorDecision {
    const scripted = this.#decide(error, context);
    const usedUp = scripted.action === 'retry' && context.attempt >= scripted.maxAttempts;
    const decision: ErrorDecision = usedUp ? { action: 'fail' } : scripted;
    this.reportError(error, context);
    this.#handled.push({ error, context, decision });
    return decision;
  }

  classifyError(error: ServiceError): ErrorClassification {
    return this.#classify(error);
  }

  /** Asks the script, with a context that names no service and no operation. */
  shouldRetry(error: ServiceError, attempt: number): boolean {
    const decision = this.#decide(error, { service: '', operation: '', timestamp: 0, attempt });
    return decision.action === 'retry' && attempt < decision.maxAttempts;
  }

  reportError(error: ServiceError, context: ErrorContext): void {
    this.#reported.push({ error, context });
  }
}

function classifyByRetryable({ retryable }: ServiceError): ErrorClassification {
  return { type: retryable ? 'transient' : 'permanent', severity: 'medium', retryable, timeoutMs: 30_000 };
}
