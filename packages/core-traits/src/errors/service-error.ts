/** Marks errors of every copy of this package that is loaded in the process. */
const brand = Symbol.for('@quantumtrade/ServiceError');

/** What distinguishes each kind of failure, beside the fields that all share. */
export interface ServiceErrorKinds {
  /** A setting, key or directory is missing or wrong; a person must change something. */
  configuration: object;
  /** The store refused or did not answer. */
  database: object;
  /** A vendor's answer was no usable data. `statusCode` is the HTTP status where there was one. */
  externalApi: { readonly api: string; readonly statusCode?: number | undefined };
  /** A limit of ours or of a vendor's was reached; `retryAfterMs` says when it may go on, as far as known. */
  rateLimit: { readonly service: string; readonly retryAfterMs?: number | undefined };
  /** Well-formed data that is not good enough, or none at all. `qualityScore` is 0 to 100. */
  dataQuality: { readonly qualityScore: number };
  /** The process, its host or this code is at fault. */
  system: object;
}

export type ServiceErrorKind = keyof ServiceErrorKinds;

interface SharedFields {
  /** One line for the person who reads it. Must not hold secrets: redact before constructing. */
  readonly message: string;
  /** A stable word for programs that narrows the kind, such as `pacing` or `directoryLocked`. */
  readonly reason?: string | undefined;
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/** What a `ServiceError` is built from: its kind, the kind's own fields, and the shared ones. */
export type ServiceErrorInit = {
  [K in ServiceErrorKind]: { readonly kind: K } & ServiceErrorKinds[K] & SharedFields;
}[ServiceErrorKind];

/** The JSON form of a `ServiceError`; `cause` is another one, or a message. */
export interface ServiceErrorJson {
  readonly schemaVersion: 1;
  readonly kind: ServiceErrorKind;
  readonly reason: string | null;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly cause: ServiceErrorJson | string | null;
}

const retryableByDefault: Record<ServiceErrorKind, boolean> = {
  configuration: false,
  database: true,
  externalApi: true,
  rateLimit: true,
  dataQuality: false,
  system: false,
};

/** How deep causes are written and read; a chain may be endless. */
const mostCauses = 32;

/**
 * The one error that crosses a contract. Code decides by `kind` and `reason`, never by words in the message or by
 * `instanceof` (two copies of this package may be loaded): use {@link isServiceError}.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly kind: ServiceErrorKind;
  readonly reason: string | undefined;
  readonly retryable: boolean;
  /** The fields of the kind, such as `api` and `statusCode`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(init: ServiceErrorInit) {
    const { kind, message, reason, retryable, cause, ...details } = init;
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.reason = reason;
    this.retryable = retryable ?? retryableByDefault[kind];
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Milliseconds until a retry makes sense, where the failure says so. */
  get retryAfterMs(): number | undefined {
    const value = this.details.retryAfterMs;
    return typeof value === 'number' ? value : undefined;
  }

  /** This error as data; of causes nested more than 32 deep, and of other errors, it has the message. */
  toJSON(): ServiceErrorJson {
    return toJson(this, mostCauses);
  }

  /**
   * Rebuilds an error from {@link ServiceError.toJSON}; a cause that was no `ServiceError` comes back as an `Error`.
   *
   * It never throws, because it is called while something else is failing, and takes what it understands: of a later
   * `schemaVersion` the fields that it knows, and a kind that it does not know as `system`. What is no error at all comes
   * back as a `system` error with reason `unexpected`. Causes nested more than 32 deep are left out.
   */
  static fromJSON(json: unknown): ServiceError {
    return fromJson(json, mostCauses);
  }
}

function toJson(error: ServiceError, causesLeft: number): ServiceErrorJson {
  const { kind, reason = null, message, retryable, retryAfterMs = null, details, cause } = error;
  const causeJson = causeToJson(cause, causesLeft);
  return { schemaVersion: 1, kind, reason, message, retryable, retryAfterMs, details, cause: causeJson };
}

function causeToJson(cause: unknown, causesLeft: number): ServiceErrorJson | string | null {
  if (cause === undefined || cause === null) return null;
  return causesLeft > 0 && isServiceError(cause) ? toJson(cause, causesLeft - 1) : textOf(cause);
}

function fromJson(json: unknown, causesLeft: number): ServiceError {
  if (!isRecord(json) || typeof json.message !== 'string') {
    return new ServiceError({ kind: 'system', reason: 'unexpected', message: 'an error came in a form that is none' });
  }
  const { kind, message, reason, retryable, details, cause } = json;
  return new ServiceError({
    // First, so that no detail can pass for a field that all errors share.
    ...(isRecord(details) ? details : {}),
    kind: isKind(kind) ? kind : 'system',
    message,
    reason: typeof reason === 'string' ? reason : undefined,
    retryable: typeof retryable === 'boolean' ? retryable : undefined,
    cause: causeFromJson(cause, causesLeft),
  } as ServiceErrorInit);
}

function causeFromJson(cause: unknown, causesLeft: number): Error | undefined {
  if (typeof cause === 'string') return new Error(cause);
  return causesLeft > 0 && isRecord(cause) ? fromJson(cause, causesLeft - 1) : undefined;
}

function isKind(value: unknown): value is ServiceErrorKind {
  return typeof value === 'string' && Object.hasOwn(retryableByDefault, value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a `ServiceError`, also one that another copy of this package made. */
export function isServiceError(value: unknown): value is ServiceError {
  try {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  } catch {
    // A proxy may refuse to be read.
    return false;
  }
}

/** The value itself when it is a `ServiceError`, otherwise a `system` error that has it as its cause. */
export function toServiceError(value: unknown, message?: string): ServiceError {
  if (isServiceError(value)) return value;
  return new ServiceError({ kind: 'system', reason: 'unexpected', message: message ?? textOf(value), cause: value });
}

/** What was thrown, in words. Anything can be thrown, also an object that refuses to become text. */
function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'an unprintable value';
  }
}
