import { VirtualClock } from '@quantumtrade/core-testing';
import type { HealthStatus } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { RecentHealth } from './recent-health.ts';

/** A service whose checks are answered when the test says so; each report says which one it is. */
function subject() {
  const clock = new VirtualClock();
  const asked: PromiseWithResolvers<HealthStatus>[] = [];
  const healthCheck = () => {
    const check = Promise.withResolvers<HealthStatus>();
    asked.push(check);
    return check.promise;
  };
  const service = { serviceName: 'subject', healthCheck, readyCheck: async () => ({ ready: true }) as const };
  const answer = (at: number) => asked[at]?.resolve({ version: String(at) } as HealthStatus);
  return { clock, asked, answer, health: new RecentHealth({ service, clock }) };
}

describe('recent health', () => {
  it('is asked for once by all who come while it is made', async () => {
    const { asked, answer, health } = subject();
    const both = Promise.all([health.healthCheck(), health.healthCheck()]);
    answer(0);
    expect(await both).toMatchObject([{ version: '0' }, { version: '0' }]);
    expect(asked).toHaveLength(1);
  });

  it('is told again for a second, and for five while the next report is made', async () => {
    const { clock, asked, answer, health } = subject();
    const first = health.healthCheck();
    answer(0);
    await first;
    await clock.advance(999);
    expect(await health.healthCheck()).toMatchObject({ version: '0' });
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(await health.healthCheck()).toMatchObject({ version: '0' });
    expect(asked).toHaveLength(2);
    await clock.advance(4_000);
    const waiting = health.healthCheck();
    expect(asked).toHaveLength(2);
    answer(1);
    expect(await waiting).toMatchObject({ version: '1' });
  });

  it('fails for those who wait when the service does, and is asked for again', async () => {
    const { asked, answer, health } = subject();
    const failing = health.healthCheck();
    asked[0]?.reject(new TypeError('of no use'));
    await expect(failing).rejects.toThrow('of no use');
    const again = health.healthCheck();
    answer(1);
    expect(await again).toMatchObject({ version: '1' });
  });
});
