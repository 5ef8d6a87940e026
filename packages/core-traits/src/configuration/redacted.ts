/**
 * A secret that shows itself only when asked with {@link Redacted.reveal}: templates, JSON, `util.inspect` and string
 * conversion all give `[redacted]`.
 */
export class Redacted<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The secret. Call it only where the secret is used, such as in the request that needs it. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }
}

Object.defineProperty(Redacted.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => '[redacted]' });
