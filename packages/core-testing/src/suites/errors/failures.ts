import {
  type ErrorContext,
  type MonitoringProvider,
  ServiceError,
  type ServiceErrorInit,
} from '@quantumtrade/core-traits';

const each: readonly ServiceErrorInit[] = [
  { kind: 'configuration', message: 'set the key' },
  { kind: 'database', message: 'no answer' },
  { kind: 'externalApi', message: 'no data', api: 'alpha_vantage', statusCode: 503 },
  { kind: 'rateLimit', message: 'wait', service: 'alpha_vantage', retryAfterMs: 1200 },
  { kind: 'rateLimit', message: 'wait for long', service: 'alpha_vantage', retryAfterMs: 86_400_000 },
  { kind: 'rateLimit', message: 'wait', service: 'alpha_vantage' },
  { kind: 'dataQuality', message: 'too poor', qualityScore: 12 },
  { kind: 'system', message: 'a defect' },
  // What a later version of the contracts may bring.
  { kind: 'quantum' as 'system', message: 'a kind that nobody knows yet' },
];

/** Each kind of failure, with its own idea of whether it is retryable and with the opposite. */
export const everyFailure: readonly ServiceError[] = each.flatMap((init) => [
  new ServiceError({ ...init, retryable: true }),
  new ServiceError({ ...init, retryable: false }),
]);

/** The context of attempt number `attempt`. */
export function contextOf(attempt: number): ErrorContext {
  return { service: 'suite', operation: 'fetch', timestamp: 1_704_153_600_000, attempt };
}

/** Contexts that a careless caller might give. */
export function hostileContexts(): readonly ErrorContext[] {
  const unreadable = {
    get symbol(): string {
      throw new Error('cannot be read');
    },
  };
  return [
    { service: '', operation: '', timestamp: Number.NaN, attempt: 0 },
    { ...contextOf(-1), metadata: unreadable },
    { ...contextOf(Number.NaN), operation: '__proto__' },
    { ...contextOf(Number.POSITIVE_INFINITY), operation: 'lines\r\nand \u001b[31mcolours', metadata: { a: 1 } },
  ];
}

/** Failures that are hard to write down, by what is the matter with them. */
export function hostileFailures(): Readonly<Record<string, ServiceError>> {
  const withCause = (cause: unknown): ServiceError => new ServiceError({ kind: 'database', message: 'm', cause });
  const circular = new ServiceError({ kind: 'system', message: 'circular' });
  Object.defineProperty(circular, 'cause', { value: circular });
  const unreadable = {
    get message(): string {
      throw new Error('cannot be read');
    },
    toJSON(): never {
      throw new Error('has no JSON form');
    },
    toString(): never {
      throw new Error('has no text form');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return {
    'its own cause': circular,
    'a cause without a text form': withCause(Object.create(null)),
    'a cause that cannot be read': withCause(unreadable),
    'a revoked proxy as its cause': withCause(proxy),
    'a bigint and a symbol below it': withCause({ units: 10n, symbol: Symbol('s') }),
    'a message of a megabyte': new ServiceError({ kind: 'system', message: 'x'.repeat(1024 * 1024) }),
    'control characters': new ServiceError({ kind: 'database', message: 'a\u0000b\r\n\u001b[2Jc\u2028d' }),
    'no message': new ServiceError({ kind: 'externalApi', message: '', api: '' }),
    'a reason that objects have by nature': new ServiceError({ kind: 'system', message: 'm', reason: '__proto__' }),
    'a negative retry time': new ServiceError({ kind: 'rateLimit', message: 'm', service: 's', retryAfterMs: -1 }),
    'a retry time that is no number': new ServiceError({
      kind: 'rateLimit',
      message: 'm',
      service: 's',
      retryAfterMs: Number.NaN,
    }),
    'an endless retry time': new ServiceError({
      kind: 'rateLimit',
      message: 'm',
      service: 's',
      retryAfterMs: Number.POSITIVE_INFINITY,
    }),
    'an unknown kind': new ServiceError({ kind: 'constructor' as 'system', message: 'm', retryable: true }),
  };
}

/** Monitoring that breaks its promise at every call. */
export function throwingMonitoring(): MonitoringProvider {
  const fail = (): never => {
    throw new Error('monitoring is broken');
  };
  return {
    recordMetric: fail,
    recordCounter: fail,
    recordTiming: fail,
    logInfo: fail,
    logWarn: fail,
    logError: fail,
  };
}
