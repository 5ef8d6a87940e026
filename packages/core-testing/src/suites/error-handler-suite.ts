import { inspect } from 'node:util';
import type { ErrorDecision, ErrorHandler, MonitoringProvider, ServiceError } from '@quantumtrade/core-traits';
import { RecordingMonitoring } from '../monitoring/recording-monitoring.ts';
import { contextOf, everyFailure, hostileContexts, hostileFailures, throwingMonitoring } from './errors/failures.ts';
import { failureOf, type SuiteSubject, type TestFunctions, using } from './suite.ts';

/** An error handler under test, with what it made visible. */
export interface ErrorHandlerSuiteSubject extends SuiteSubject<ErrorHandler> {
  /** How many failures it has reported so far. */
  reported(): number;
}

/** What a handler is to be made of. */
export interface ErrorHandlerSuiteGiven {
  /** What it reports to, where it reports to a monitoring provider at all. In one test each of its methods throws. */
  readonly monitoring: MonitoringProvider;
}

/** What {@link errorHandlerSuite} needs to test an error handler. */
export interface ErrorHandlerSuiteFactory {
  /** Makes a handler that never retries what is not retryable: with its default policy, where it has one. */
  create(given: ErrorHandlerSuiteGiven): Promise<ErrorHandlerSuiteSubject>;
}

const types = ['transient', 'permanent', 'system', 'business'];
const severities = ['low', 'medium', 'high', 'critical'];
const actions = ['retry', 'useCache', 'useDefault', 'fail'];

/** What every {@link ErrorHandler} must do, whatever it decides. */
export function errorHandlerSuite({ describe, it, expect }: TestFunctions, factory: ErrorHandlerSuiteFactory): void {
  const handling =
    (
      body: (handler: ErrorHandler, reported: () => number) => Promise<void> | void,
      monitoring: () => MonitoringProvider = () => new RecordingMonitoring(),
    ): (() => Promise<void>) =>
    () =>
      using(factory.create({ monitoring: monitoring() }), (created) => body(created.subject, () => created.reported()));

  const expectDecision = (decision: ErrorDecision, about: string): void => {
    expect(actions.includes(decision?.action), `${about}: decided ${inspect(decision)}`).toBe(true);
    if (decision.action !== 'retry') return;
    const { delayMs, maxAttempts } = decision;
    expect(Number.isFinite(delayMs) && delayMs >= 0, `${about}: a delay of ${delayMs} ms`).toBe(true);
    expect(Number.isSafeInteger(maxAttempts), `${about}: ${maxAttempts} attempts`).toBe(true);
  };

  describe('an error handler', () => {
    it(
      'classifies every kind of failure, also one that it does not know',
      handling((handler) => {
        for (const error of everyFailure) {
          const about = `${error.kind}, ${error.retryable ? 'retryable' : 'not retryable'}`;
          const found = handler.classifyError(error);
          expect(types.includes(found?.type), `${about}: ${inspect(found)}`).toBe(true);
          expect(severities.includes(found.severity), `${about}: severity ${found.severity}`).toBe(true);
          expect(typeof found.retryable, about).toBe('boolean');
          expect(found.timeoutMs > 0 && Number.isFinite(found.timeoutMs), `${about}: ${found.timeoutMs} ms`).toBe(true);
        }
      }),
    );

    it(
      'decides on every kind of failure, with a delay and a number of attempts that can be carried out',
      handling((handler) => {
        for (const error of everyFailure) {
          for (const attempt of [1, 2, 3, 10, 1000]) {
            expectDecision(handler.handleError(error, contextOf(attempt)), `${error.kind}, attempt ${attempt}`);
          }
        }
      }),
    );

    it(
      'retries only while attempts are left',
      handling((handler) => {
        for (const error of everyFailure) {
          for (const attempt of [1, 2, 3, 4, 5, 10, 100, 1_000_000]) {
            const decision = handler.handleError(error, contextOf(attempt));
            const left = decision.action !== 'retry' || attempt < decision.maxAttempts;
            expect(left, `${error.kind}: attempt ${attempt} of ${inspect(decision)}`).toBe(true);
          }
        }
      }),
    );

    it(
      'comes to an end of retrying',
      handling((handler) => {
        for (const error of everyFailure) {
          expect(handler.shouldRetry(error, Number.MAX_SAFE_INTEGER), `${error.kind}: shouldRetry`).toBe(false);
          const decision = handler.handleError(error, contextOf(Number.MAX_SAFE_INTEGER));
          expect(decision.action === 'retry', `${error.kind}: handleError`).toBe(false);
        }
      }),
    );

    it(
      'never waits for less than the failure asks for',
      handling((handler) => {
        for (const error of everyFailure.filter(({ retryAfterMs }) => retryAfterMs !== undefined)) {
          for (const attempt of [1, 2]) {
            const decision = handler.handleError(error, contextOf(attempt));
            const asked = error.retryAfterMs ?? 0;
            const enough = decision.action !== 'retry' || decision.delayMs >= asked;
            expect(enough, `asked for ${asked} ms: ${inspect(decision)}`).toBe(true);
          }
        }
      }),
    );

    it(
      'never retries what is not retryable',
      handling((handler) => {
        for (const error of everyFailure.filter(({ retryable }) => !retryable)) {
          expect(handler.handleError(error, contextOf(1)).action === 'retry', `${error.kind}: handleError`).toBe(false);
          expect(handler.shouldRetry(error, 1), `${error.kind}: shouldRetry`).toBe(false);
        }
      }),
    );

    it('decides on no retry that it would not advise', async () => {
      for (const error of everyFailure) {
        for (const attempt of [1, 2, 3, 4, 10]) {
          // Another handler each time: one that counts its retries may change its mind.
          await handling((handler) => {
            const advised = handler.shouldRetry(error, attempt);
            const decided = handler.handleError(error, contextOf(attempt)).action === 'retry';
            expect(advised || !decided, `${error.kind}, attempt ${attempt}`).toBe(true);
          })();
        }
      }
    });

    it(
      'reports a failure once, when it handles it and when it is told to',
      handling((handler, reported) => {
        for (const error of everyFailure) {
          const before = reported();
          handler.handleError(error, contextOf(1));
          expect(reported() - before, `${error.kind}: handleError`).toBe(1);
          handler.reportError(error, contextOf(2));
          expect(reported() - before, `${error.kind}: reportError`).toBe(2);
        }
      }),
    );

    it(
      'reports nothing that it only classifies or is asked about',
      handling((handler, reported) => {
        for (const error of everyFailure) {
          handler.classifyError(error);
          handler.shouldRetry(error, 1);
        }
        expect(reported()).toBe(0);
      }),
    );

    const useEverything = async (handler: ErrorHandler, error: ServiceError, about: string): Promise<void> => {
      for (const context of hostileContexts()) {
        const calls: Record<string, () => unknown> = {
          handleError: () => expectDecision(handler.handleError(error, context), about),
          classifyError: () => handler.classifyError(error),
          shouldRetry: () => handler.shouldRetry(error, context.attempt),
          reportError: () => handler.reportError(error, context),
        };
        for (const [method, call] of Object.entries(calls)) {
          const failure = await failureOf(call);
          expect(failure === undefined, `${about}: ${method} failed with ${inspect(failure)}`).toBe(true);
        }
      }
    };

    it(
      'throws at no failure and no context, however hostile',
      handling(async (handler) => {
        for (const [about, error] of Object.entries(hostileFailures())) await useEverything(handler, error, about);
      }),
    );

    it(
      'throws nothing when its monitoring does',
      handling(async (handler) => {
        for (const error of everyFailure) await useEverything(handler, error, error.kind);
      }, throwingMonitoring),
    );
  });
}
