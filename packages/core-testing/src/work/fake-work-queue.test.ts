import { ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { FakeWorkQueue } from './fake-work-queue.ts';

describe('FakeWorkQueue', () => {
  it('fails as it is told, and keeps its work meanwhile', async () => {
    const queue = new FakeWorkQueue();
    await queue.add([{ id: 'a', group: 'g', payload: null }]);
    queue.failWith();
    await expect(queue.claim({ leaseMs: 1 })).rejects.toMatchObject({ kind: 'database', reason: 'unavailable' });
    const own = new ServiceError({ kind: 'database', message: 'own' });
    queue.failWith(own);
    await expect(queue.get('a')).rejects.toBe(own);
    queue.recover();
    expect((await queue.claim({ leaseMs: 1 }))?.id).toBe('a');
  });
});
