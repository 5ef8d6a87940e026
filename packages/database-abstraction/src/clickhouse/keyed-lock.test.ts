import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { KeyedLock } from './keyed-lock.ts';

describe('KeyedLock', () => {
  it('runs tasks of one key in order and goes on after a failure', async () => {
    const lock = new KeyedLock();
    const log: string[] = [];
    const first = lock.run('a', async () => {
      log.push('first begins');
      await Promise.resolve();
      log.push('first fails');
      throw new Error('no');
    });
    const second = lock.run('a', async () => {
      log.push('second');
      return 2;
    });
    await expect(first).rejects.toThrow('no');
    await expect(second).resolves.toBe(2);
    expect(log).toEqual(['first begins', 'first fails', 'second']);
  });

  it('does not make one key wait for another', async () => {
    const lock = new KeyedLock();
    let finish: () => void = () => {};
    const blocked = lock.run('a', () => new Promise<void>((resolve) => (finish = resolve)));
    await expect(lock.run('b', async () => 'done')).resolves.toBe('done');
    finish();
    await blocked;
  });

  it('lets a caller go who gives up, and begins the next task only after the one given up has ended', async () => {
    const lock = new KeyedLock();
    const caller = new AbortController();
    const log: string[] = [];
    let finish: () => void = () => {};
    const task = async (): Promise<void> => {
      await new Promise<void>((resolve) => (finish = resolve));
      log.push('first ends');
    };
    const givenUp = lock.run('a', task, caller.signal);
    const next = lock.run('a', async () => log.push('second begins'));
    caller.abort('enough');
    await expect(givenUp).rejects.toBe('enough');
    expect(log).toEqual([]);
    finish();
    await next;
    expect(log).toEqual(['first ends', 'second begins']);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });
});
