import type { ErrorContext, ErrorHandler, ServiceError } from '@quantumtrade/core-traits';

/** A failure that was reported. */
export interface LoggedError {
  /** Counts up from 0; the place of an entry in the list of all. */
  readonly sequence: number;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly at: number;
  readonly operation: string;
  /** How many times the step had been tried. */
  readonly attempt: number;
  readonly symbol: string | undefined;
  readonly interval: string | undefined;
  readonly error: ServiceError;
}

const day = 86_400_000;

/** The newest failures of the last 24 hours, a bounded number of them. */
export class ErrorLog {
  readonly #capacity: number;
  readonly #entries: LoggedError[] = [];
  #next = 0;
  #added = 0;

  constructor({ capacity = 1000 }: { readonly capacity?: number } = {}) {
    this.#capacity = capacity;
  }

  add(error: ServiceError, { operation, attempt, timestamp, metadata }: ErrorContext): void {
    const text = (name: string): string | undefined => {
      const value = metadata?.[name];
      return typeof value === 'string' ? value : undefined;
    };
    const symbol = text('symbol');
    const interval = text('interval');
    const entry = { sequence: this.#added, at: timestamp, operation, attempt, symbol, interval, error };
    this.#added += 1;
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** What was reported in the 24 hours before `now`, newest first. */
  newest(now: number): LoggedError[] {
    const inOrder = [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
    return inOrder.filter(({ at }) => at > now - day && at <= now).reverse();
  }
}

/** An error handler that decides as another one does, and keeps what it is told of in a log. */
export function keepingErrors(handler: ErrorHandler, log: ErrorLog): ErrorHandler {
  return {
    handleError: (error, context) => {
      log.add(error, context);
      return handler.handleError(error, context);
    },
    reportError: (error, context) => {
      log.add(error, context);
      handler.reportError(error, context);
    },
    classifyError: (error) => handler.classifyError(error),
    shouldRetry: (error, attempt) => handler.shouldRetry(error, attempt),
  };
}
