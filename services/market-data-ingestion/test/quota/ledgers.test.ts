import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProcessLedger } from '../../src/quota/process-ledger.ts';
import { type RatePlan, ratePlanOf } from '../../src/quota/rate-plan.ts';
import { RedisLedger } from '../../src/quota/redis-ledger.ts';
import { connectRedisScripts, type RedisScripts } from '../../src/quota/redis-scripts.ts';
import { type LedgerUnderTest, ledgerLaws, virtualTime } from './support/ledger-laws.ts';
import { type RedisServer, redisPresent, startRedisServer } from './support/redis-server.ts';

ledgerLaws(
  'in this process',
  (plan) => {
    const { clock, advance } = virtualTime();
    return { ledger: new ProcessLedger({ plan, clock }), advance };
  },
  { runs: 200 },
);

describe.skipIf(!redisPresent)('in Redis (redis-server absent)', () => {
  let server: RedisServer;
  let scripts: RedisScripts;
  let accounts = 0;

  beforeAll(async () => {
    server = await startRedisServer();
    scripts = connectRedisScripts(server.path);
  });
  afterAll(async () => {
    await scripts.close();
    await server.remove();
  });

  /** The script as it is, but for the one place where it asks for the time. */
  function underTest(plan: RatePlan): LedgerUnderTest {
    let now = Date.UTC(2024, 0, 2);
    const atTestTime: RedisScripts = {
      run: (script, keys, values) => scripts.run(withGivenTime(script), keys, [...values, String(now)]),
      close: async () => {},
    };
    accounts += 1;
    return {
      ledger: new RedisLedger({ scripts: atTestTime, plan, account: `test-${accounts}` }),
      advance: async (milliseconds) => {
        now += milliseconds;
      },
    };
  }

  ledgerLaws('in Redis', underTest, { runs: 25 });

  it('answers as the ledger of one process does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 25 }),
        fc.constantFrom({ perSecond: 1, perDay: 25 }, { perSecond: 5, perMinute: 20 }, { perMinute: 7, perDay: 9 }),
        async (gaps, limits) => {
          const plan = ratePlanOf(limits);
          const here = virtualTime();
          const own = new ProcessLedger({ plan, clock: here.clock });
          const { ledger, advance } = underTest(plan);
          for (const gap of gaps) {
            await Promise.all([here.advance(gap), advance(gap)]);
            const [expected, given] = [own.take(), await ledger.take()];
            expect({ ...given, waitMs: Math.round(given.waitMs) }).toEqual({
              ...expected,
              waitMs: Math.round(expected.waitMs),
            });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('runs on the time of the server', async () => {
    const ledger = new RedisLedger({ scripts, plan: ratePlanOf({ perSecond: 1 }), account: 'abc123' });
    expect((await ledger.take()).waitMs).toBe(0);
    const { waitMs } = await ledger.take();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(1025);
  });

  it('counts requests that went while it was away', async () => {
    const { ledger } = underTest(ratePlanOf({ perDay: 3 }));
    const redis = ledger as RedisLedger;
    expect((await redis.take([60_000, 30_000])).waitMs).toBe(0);
    expect((await redis.usage()).windows).toMatchObject([{ used: 3, left: 0, freesInMs: 86_400_250 - 60_000 }]);
    expect((await redis.take()).reason).toBe('dailyQuota');
  });
});

/** Takes the time from the last argument instead of the server. */
function withGivenTime(script: string): string {
  const time =
    'local given = tonumber(table.remove(ARGV)) local time = { math.floor(given / 1000), given % 1000 * 1000 }';
  const changed = script.replace("local time = redis.call('TIME')", time);
  if (changed === script) throw new Error('the script does not ask for the time where it did');
  return changed;
}
