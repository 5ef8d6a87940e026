import type { Lifecycle } from '@quantumtrade/core-traits';
import { expectNotSupported, failureOf, type SuiteSubject, settled, type TestFunctions, using } from './suite.ts';

/** A lifecycle under test, with what it really did. */
export interface LifecycleSuiteSubject extends SuiteSubject<Lifecycle> {
  /**
   * What took effect so far, in order: `start` each time resources were taken, `stop` each time they were released.
   * Calls that did nothing are not among them.
   */
  effects(): readonly ('start' | 'stop')[];
}

/** What {@link lifecycleSuite} needs to test a lifecycle. */
export interface LifecycleSuiteFactory {
  /** What the component can do; everything when left out. */
  readonly supports?: {
    /**
     * Whether it can be started again after a stop. Where not, that `start` must reject with a `ServiceError` of kind
     * `system` and reason `notSupported`.
     * @default true
     */
    readonly restart?: boolean;
  };
  /** Makes a component that was never started: another one each time. */
  create(): Promise<LifecycleSuiteSubject>;
}

/** What every {@link Lifecycle} must do. */
export function lifecycleSuite({ describe, it, expect }: TestFunctions, factory: LifecycleSuiteFactory): void {
  const having =
    (body: (component: Lifecycle, effects: () => readonly string[]) => Promise<void>): (() => Promise<void>) =>
    () =>
      using(factory.create(), (created) =>
        settled(
          body(created.subject, () => created.effects()),
          'the component to start and stop',
        ),
      );

  describe('a lifecycle', () => {
    it(
      'takes nothing before it is started',
      having(async (_, effects) => {
        await Promise.resolve();
        expect(effects()).toEqual([]);
      }),
    );

    it(
      'works when its start resolves, and holds nothing when its stop does',
      having(async (component, effects) => {
        await component.start();
        expect(effects()).toEqual(['start']);
        await component.stop();
        expect(effects()).toEqual(['start', 'stop']);
      }),
    );

    it(
      'starts once, however often it is told to',
      having(async (component, effects) => {
        await component.start();
        await component.start();
        expect(effects()).toEqual(['start']);
      }),
    );

    it(
      'starts once when it is told to twice at the same time',
      having(async (component, effects) => {
        await Promise.all([component.start(), component.start()]);
        expect(effects()).toEqual(['start']);
      }),
    );

    it(
      'stops once, however often it is told to',
      having(async (component, effects) => {
        await component.start();
        await component.stop();
        await component.stop();
        expect(effects()).toEqual(['start', 'stop']);
      }),
    );

    it(
      'stops once when it is told to twice at the same time',
      having(async (component, effects) => {
        await component.start();
        await Promise.all([component.stop(), component.stop()]);
        expect(effects()).toEqual(['start', 'stop']);
      }),
    );

    it(
      'takes a stop before its first start without complaint and without effect',
      having(async (component, effects) => {
        await component.stop();
        expect(effects()).toEqual([]);
        await component.start();
        expect(effects()).toEqual(['start']);
      }),
    );

    it(
      'holds nothing after a stop that came during its start',
      having(async (component, effects) => {
        const starting = failureOf(() => component.start());
        await component.stop();
        await starting;
        expect(held(effects())).toBe(0);
      }),
    );

    it(
      'gives up a start whose signal is aborted, and holds nothing after a stop',
      having(async (component, effects) => {
        const failure = await failureOf(() => component.start({ signal: AbortSignal.abort(new Error('too late')) }));
        expect(failure !== undefined, 'the start resolved').toBe(true);
        await component.stop();
        expect(held(effects())).toBe(0);
      }),
    );

    if (factory.supports?.restart === false) {
      it(
        'refuses to start again after a stop, as it declares',
        having(async (component, effects) => {
          await component.start();
          await component.stop();
          expectNotSupported(expect, await failureOf(() => component.start()));
          expect(effects()).toEqual(['start', 'stop']);
        }),
      );
      return;
    }

    it(
      'starts again after a stop',
      having(async (component, effects) => {
        await component.start();
        await component.stop();
        await component.start();
        expect(effects()).toEqual(['start', 'stop', 'start']);
        await component.stop();
        expect(held(effects())).toBe(0);
      }),
    );
  });
}

function held(effects: readonly string[]): number {
  return effects.reduce((count, effect) => count + (effect === 'start' ? 1 : -1), 0);
}
