import type { ClickHouseClient } from '@clickhouse/client';
import { describe, expect, it } from 'vitest';
import { ClientPool } from './client-pool.ts';

function pool(size: number) {
  const closed: number[] = [];
  let made = 0;
  const connect = (): ClickHouseClient => {
    const number = made;
    made += 1;
    return { number, close: async () => void closed.push(number) } as unknown as ClickHouseClient;
  };
  const subject = new ClientPool({ size, connect });
  const take = () => {
    const { client, release } = subject.take();
    return { number: (client as unknown as { number: number }).number, release };
  };
  return { subject, take, closed };
}

describe('ClientPool', () => {
  it('gives what comes to the client with the least to do', () => {
    const { take } = pool(3);
    const [first, second, third, fourth] = [take(), take(), take(), take()];
    expect([first, second, third, fourth].map(({ number }) => number)).toEqual([0, 1, 2, 0]);
    second.release();
    expect(take().number).toBe(1);
    third.release();
    expect(take().number).toBe(2);
  });

  it('closes all of its clients', async () => {
    const { subject, closed } = pool(3);
    subject.take();
    await subject.close();
    expect(closed.sort()).toEqual([0, 1, 2]);
  });
});
