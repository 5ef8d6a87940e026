import { ScriptedErrorHandler } from '@quantumtrade/core-testing';
import { type ErrorContext, ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { ErrorLog, keepingErrors } from './error-log.ts';

const failure = new ServiceError({ kind: 'system', message: 'x' });
const at = (timestamp: number, symbol?: string | number): ErrorContext => ({
  service: 's',
  operation: 'fetch',
  attempt: 1,
  timestamp,
  ...(symbol === undefined ? {} : { metadata: { symbol } }),
});

describe('ErrorLog', () => {
  it('gives the newest first, of the last 24 hours', () => {
    const log = new ErrorLog();
    for (const time of [1, 2, 86_400_001]) log.add(failure, at(time));
    expect(log.newest(86_400_001).map((entry) => entry.at)).toEqual([86_400_001, 2]);
  });

  it('forgets the oldest beyond its capacity', () => {
    const log = new ErrorLog({ capacity: 3 });
    for (let time = 1; time <= 7; time += 1) log.add(failure, at(time));
    expect(log.newest(10).map((entry) => entry.at)).toEqual([7, 6, 5]);
  });

  it('takes from the metadata only what is text', () => {
    const log = new ErrorLog();
    log.add(failure, at(1, 'IBM'));
    log.add(failure, at(2, 7));
    expect(log.newest(3).map(({ symbol }) => symbol)).toEqual([undefined, 'IBM']);
  });
});

describe('keepingErrors', () => {
  it('decides as the handler does and keeps what it was told of', () => {
    const log = new ErrorLog();
    const inner = new ScriptedErrorHandler({ decide: () => ({ action: 'useCache' }) });
    const handler = keepingErrors(inner, log);
    expect(handler.handleError(failure, at(1))).toEqual({ action: 'useCache' });
    handler.reportError(failure, at(2));
    expect(handler.classifyError(failure)).toEqual(inner.classifyError(failure));
    expect(handler.shouldRetry(failure, 1)).toBe(inner.shouldRetry(failure, 1));
    expect(log.newest(3)).toHaveLength(2);
  });
});
