import 'reflect-metadata';
import { type Clock, createToken, tokens } from '@quantumtrade/core-traits';
import { container } from 'tsyringe';
import { describe, expect, it } from 'vitest';
import { bind, resolve } from './composition.ts';
import { systemClock } from './lifecycle/system-clock.ts';

interface Greeter {
  greet(): string;
}

const greeterToken = createToken<Greeter>('test/Greeter');

describe('composition', () => {
  it('makes one instance per container, when it is first asked for', () => {
    const parent = container.createChildContainer();
    let made = 0;
    bind(parent, greeterToken, () => {
      made++;
      return { greet: () => 'hello' };
    });
    expect(made).toBe(0);
    const [one, two] = [parent.createChildContainer(), parent.createChildContainer()];
    expect(resolve(one, greeterToken)).toBe(resolve(one, greeterToken));
    expect(resolve(one, greeterToken)).not.toBe(resolve(two, greeterToken));
    expect(made).toBe(2);
  });

  it('lets factories resolve other contracts, and a later binding win', () => {
    const child = container.createChildContainer();
    bind(child, tokens.Clock, () => systemClock);
    bind(child, greeterToken, (inner) => ({ greet: () => `at ${resolve(inner, tokens.Clock).now()}` }));
    const frozen: Clock = { ...systemClock, now: () => 42 };
    bind(child, tokens.Clock, () => frozen);
    expect(resolve(child, greeterToken).greet()).toBe('at 42');
  });

  it('says what is missing when nothing is bound', () => {
    expect(() => resolve(container.createChildContainer(), tokens.ErrorHandler)).toThrow(
      expect.objectContaining({ kind: 'system', reason: 'notBound', message: expect.stringContaining('ErrorHandler') }),
    );
  });

  it('refuses a factory of another type when compiled', () => {
    const child = container.createChildContainer();
    // @ts-expect-error A greeter must greet.
    bind(child, greeterToken, () => ({ wave: () => 'hello' }));
    const bound: unknown = resolve(child, greeterToken);
    expect(bound).toHaveProperty('wave');
  });
});
