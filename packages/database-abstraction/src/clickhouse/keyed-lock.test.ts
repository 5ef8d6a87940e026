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
});
