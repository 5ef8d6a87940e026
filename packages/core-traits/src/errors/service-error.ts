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

  toJSON(): ServiceErrorJson {
    return {
      schemaVersion: 1,
      kind: this.kind,
      reason: this.reason ?? null,
      message: this.message,
      retryable: this.retryable,
      retryAfterMs: this.retryAfterMs ?? null,
      details: this.details,
      cause: causeToJson(this.cause),
    };
  }

  /** Rebuilds an error from {@link ServiceError.toJSON}; a cause that was no `ServiceError` comes back as an `Error`. */
  static fromJSON(json: ServiceErrorJson): ServiceError {
    const { cause } = json;
    return new ServiceError({
      kind: json.kind,
      message: json.message,
      reason: json.reason ?? undefined,
      retryable: json.retryable,
      cause: cause === null ? undefined : typeof cause === 'string' ? new Error(cause) : ServiceError.fromJSON(cause),
      ...json.details,
    } as ServiceErrorInit);
  }
}

function causeToJson(cause: unknown): ServiceErrorJson | string | null {
  if (cause === undefined || cause === null) return null;
  if (isServiceError(cause)) return cause.toJSON();
  return textOf(cause);
}

/** Whether a value is a `ServiceError`, also one that another copy of this package made. */
export function isServiceError(value: unknown): value is ServiceError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
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
