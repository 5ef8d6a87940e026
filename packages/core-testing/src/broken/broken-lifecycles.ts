import type { Lifecycle } from '@quantumtrade/core-traits';
import type { LifecycleSuiteFactory } from '../suites/lifecycle-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Effects = ('start' | 'stop')[];

/** Lifecycles that break a law of the lifecycle suite each. */
export const brokenLifecycles: readonly BrokenImplementation<LifecycleSuiteFactory>[] = [
  broken('starts as it is made', 'takes nothing before it is started', (effects) => {
    effects.push('start');
    return sound(effects);
  }),
  broken(
    'stops behind its own back',
    'works when its start resolves, and holds nothing when its stop does',
    (effects) => {
      const component = sound([]);
      return {
        start: async (options) => {
          await component.start(options);
          effects.push('start');
        },
        stop: async () => {
          setTimeout(() => effects.push('stop'), 1);
        },
      };
    },
  ),
  broken('starts each time', 'starts once, however often it is told to', (effects) => {
    const component = sound(effects);
    return {
      start: async (options) => {
        if (effects.at(-1) === 'start') effects.push('start');
        await component.start(options);
      },
      stop: (options) => component.stop(options),
    };
  }),
  broken('notes its start too late', 'starts once when it is told to twice at the same time', (effects) => {
    let started = false;
    return {
      start: async (options) => {
        options?.signal?.throwIfAborted();
        if (started) return;
        await Promise.resolve();
        effects.push('start');
        started = true;
      },
      stop: async () => {
        if (started) effects.push('stop');
        started = false;
      },
    };
  }),
  broken('stops each time', 'stops once, however often it is told to', (effects) => ({
    ...sound(effects),
    stop: async () => {
      effects.push('stop');
    },
  })),
  broken('notes its stop too late', 'stops once when it is told to twice at the same time', (effects) => ({
    ...sound(effects),
    stop: async () => {
      if (effects.at(-1) !== 'start') return;
      await Promise.resolve();
      effects.push('stop');
    },
  })),
  broken(
    'complains about a stop before its start',
    'takes a stop before its first start without complaint and without effect',
    (effects) => {
      const component = sound(effects);
      return {
        start: (options) => component.start(options),
        stop: async (options) => {
          if (effects.length === 0) throw new Error('never started');
          await component.stop(options);
        },
      };
    },
  ),
  broken(
    'does not notice a stop while it starts',
    'holds nothing after a stop that came during its start',
    (effects) => {
      const component = sound(effects);
      return {
        start: async (options) => {
          await Promise.resolve();
          await component.start(options);
        },
        stop: (options) => component.stop(options),
      };
    },
  ),
  broken(
    'does not heed its signal',
    'gives up a start whose signal is aborted, and holds nothing after a stop',
    (effects) => {
      const component = sound(effects);
      return { start: () => component.start(), stop: () => component.stop() };
    },
  ),
  broken('never starts again', 'starts again after a stop', (effects) => onlyOnce(effects, () => undefined)),
  broken(
    'is silent about a start that it cannot do',
    'refuses to start again after a stop, as it declares',
    (effects) => onlyOnce(effects, () => undefined),
    { restart: false },
  ),
];

/** A component that does as the contract says. */
function sound(effects: Effects): Lifecycle {
  let started = false;
  return {
    start: async (options) => {
      options?.signal?.throwIfAborted();
      if (!started) effects.push('start');
      started = true;
    },
    stop: async () => {
      if (started) effects.push('stop');
      started = false;
    },
  };
}

/** One that can be started once, and then does what it is told instead. */
function onlyOnce(effects: Effects, instead: () => void): Lifecycle {
  const component = sound(effects);
  return {
    start: async (options) => (effects.includes('stop') ? instead() : component.start(options)),
    stop: (options) => component.stop(options),
  };
}

function broken(
  defect: string,
  law: string,
  make: (effects: Effects) => Lifecycle,
  supports: NonNullable<LifecycleSuiteFactory['supports']> = {},
): BrokenImplementation<LifecycleSuiteFactory> {
  const create: LifecycleSuiteFactory['create'] = async () => {
    const effects: Effects = [];
    return { subject: make(effects), effects: () => effects };
  };
  return { defect, law, factory: { supports, create } };
}
