import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isServiceError, ServiceError, type ServiceErrorKind, toServiceError } from './service-error.ts';

const everyKind: Record<ServiceErrorKind, ServiceError> = {
  configuration: new ServiceError({ kind: 'configuration', message: 'set the key' }),
  database: new ServiceError({ kind: 'database', message: 'no answer' }),
  externalApi: new ServiceError({ kind: 'externalApi', message: 'no data', api: 'alpha_vantage', statusCode: 503 }),
  rateLimit: new ServiceError({ kind: 'rateLimit', message: 'wait', service: 'alpha_vantage', retryAfterMs: 1200 }),
  dataQuality: new ServiceError({ kind: 'dataQuality', message: 'too poor', qualityScore: 12 }),
  system: new ServiceError({ kind: 'system', message: 'a defect' }),
};

describe('ServiceError', () => {
  it('is retryable by its kind unless told otherwise', () => {
    const retryable = Object.values(everyKind).filter((error) => error.retryable);
    expect(retryable.map(({ kind }) => kind)).toEqual(['database', 'externalApi', 'rateLimit']);
    expect(new ServiceError({ kind: 'database', message: 'read-only', retryable: false }).retryable).toBe(false);
    expect(new ServiceError({ kind: 'system', message: 'busy', retryable: true }).retryable).toBe(true);
  });

  it('keeps the fields of its kind as details and nothing else there', () => {
    expect(everyKind.externalApi.details).toEqual({ api: 'alpha_vantage', statusCode: 503 });
    expect(new ServiceError({ kind: 'system', message: 'm', reason: 'r', cause: 'c' }).details).toEqual({});
  });

  it('tells when a retry makes sense only where the failure says so', () => {
    expect(everyKind.rateLimit.retryAfterMs).toBe(1200);
    expect(everyKind.database.retryAfterMs).toBeUndefined();
  });

  it('is an Error with a name, a stack and its cause', () => {
    const cause = new Error('socket closed');
    const error = new ServiceError({ kind: 'database', message: 'no answer', cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe('ServiceError: no answer');
    expect(error.stack).toContain('service-error.test');
    expect(inspect(error)).toContain('socket closed');
    expect('cause' in everyKind.system).toBe(false);
  });

  it.each(Object.values(everyKind))('comes back from JSON as it was: $kind', (error) => {
    const back = ServiceError.fromJSON(JSON.parse(JSON.stringify(error)));
    expect(isServiceError(back)).toBe(true);
    expect(back.toJSON()).toEqual(error.toJSON());
  });

  it('carries a chain of causes through JSON', () => {
    const chain = new ServiceError({
      kind: 'system',
      message: 'outer',
      reason: 'wrapped',
      cause: new ServiceError({ kind: 'database', message: 'inner', cause: new TypeError('innermost') }),
    });
    const back = ServiceError.fromJSON(JSON.parse(JSON.stringify(chain)));
    expect(back.reason).toBe('wrapped');
    expect(isServiceError(back.cause) && back.cause.message).toBe('inner');
    expect((back.cause as Error).cause).toEqual(new Error('innermost'));
  });

  it('writes null, not nothing, for what a failure does not say', () => {
    expect(JSON.parse(JSON.stringify(everyKind.system))).toEqual({
      schemaVersion: 1,
      kind: 'system',
      reason: null,
      message: 'a defect',
      retryable: false,
      retryAfterMs: null,
      details: {},
      cause: null,
    });
  });

  it('writes a cause that cannot become text', () => {
    const error = new ServiceError({ kind: 'system', message: 'm', cause: Object.create(null) });
    expect(error.toJSON().cause).toBe('an unprintable value');
  });
});

describe('isServiceError', () => {
  it('recognises an error that another copy of the package made', () => {
    const foreign = Object.assign(new Error('elsewhere'), { [Symbol.for('@quantumtrade/ServiceError')]: true });
    expect(isServiceError(foreign)).toBe(true);
  });

  it.each([undefined, null, 'ServiceError', {}, new Error('plain'), { name: 'ServiceError', kind: 'system' }])(
    'refuses %s',
    (value) => {
      expect(isServiceError(value)).toBe(false);
    },
  );
});

describe('toServiceError', () => {
  it('gives a ServiceError back as it is', () => {
    expect(toServiceError(everyKind.database, 'ignored')).toBe(everyKind.database);
  });

  it('wraps anything else as an unexpected system failure', () => {
    const cause = new RangeError('row 7');
    expect(toServiceError(cause)).toMatchObject({ kind: 'system', reason: 'unexpected', message: 'row 7', cause });
    expect(toServiceError(cause, 'the processor failed')).toMatchObject({ message: 'the processor failed', cause });
    expect(toServiceError('text').message).toBe('text');
    expect(toServiceError(undefined).message).toBe('undefined');
  });

  it('survives a thrown object that cannot become text', () => {
    expect(toServiceError(Object.create(null)).message).toBe('an unprintable value');
  });
});
