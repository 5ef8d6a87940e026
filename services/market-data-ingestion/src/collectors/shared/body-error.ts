/** A body that breaks its format. Stays inside this folder: the classifier turns it into a `ServiceError`. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  /** Whether the body just ends too early, as after a broken connection. */
  readonly truncated: boolean;

  constructor(message: string, truncated: boolean) {
    super(message);
    this.truncated = truncated;
  }
}
