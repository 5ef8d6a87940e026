import type { Ledger, LedgerUsage, Slot } from './ledger.ts';
import type { LimitReason } from './quota.ts';
import type { RatePlan } from './rate-plan.ts';
import type { RedisScripts } from './redis-scripts.ts';
import { takeScript } from './take-script.ts';

export interface RedisLedgerDependencies {
  readonly scripts: RedisScripts;
  readonly plan: RatePlan;
  /** Names the account whose requests are counted: a hash of its key, never the key. */
  readonly account: string;
}

/** The ledger of all processes that use one account through one Redis. Its calls fail while Redis is away. */
export class RedisLedger implements Ledger {
  readonly counted = 'together';
  readonly #scripts: RedisScripts;
  readonly #plan: RatePlan;
  readonly #keys: readonly string[];
  readonly #planWords: readonly string[];

  constructor({ scripts, plan, account }: RedisLedgerDependencies) {
    this.#scripts = scripts;
    this.#plan = plan;
    // One hash slot, so that a cluster can run the script.
    this.#keys = [`market-data:quota:{${account}}:requests`, `market-data:quota:{${account}}:state`];
    this.#planWords = plan.windows.flatMap(({ limit, ms, reason }) => [String(limit), String(ms), reason]);
  }

  /** @param ages how long ago, in milliseconds, requests went that were not counted here. */
  async take(ages: readonly number[] = []): Promise<Slot> {
    const [slot] = slotsOf(await this.#run('take', 1, ages.map(String)));
    if (slot === undefined) throw new Error('the quota script gave no answer');
    return slot;
  }

  async forecast(count: number): Promise<readonly Slot[]> {
    return slotsOf(await this.#run('forecast', count));
  }

  async hold(reason: LimitReason, milliseconds: number): Promise<void> {
    await this.#run('hold', 0, [reason, String(milliseconds)]);
  }

  async usage(): Promise<LedgerUsage> {
    const words = await this.#run('usage', 0);
    const windows = this.#plan.windows.map(({ reason, limit, nominalMs }, index) => {
      const used = Number(words[index * 3]);
      return {
        reason,
        limit,
        windowMs: nominalMs,
        used,
        left: Math.max(0, limit - used),
        freesInMs: optionalNumber(words[index * 3 + 1]),
        emptyInMs: optionalNumber(words[index * 3 + 2]),
      };
    });
    const [reason, forMs] = words.slice(windows.length * 3);
    return { windows, hold: reason === undefined ? undefined : { reason: asReason(reason), forMs: Number(forMs) } };
  }

  async close(): Promise<void> {
    await this.#scripts.close();
  }

  async #run(mode: string, count: number, more: readonly string[] = []): Promise<string[]> {
    const { spacingMs, toleranceMs, spacingReason, windows } = this.#plan;
    const head = [mode, spacingMs, toleranceMs, spacingReason, count, windows.length].map(String);
    const answer = await this.#scripts.run(takeScript, this.#keys, [...head, ...this.#planWords, ...more]);
    if (!Array.isArray(answer)) throw new Error('the quota script gave no list');
    return answer.map(String);
  }
}

function slotsOf(words: readonly string[]): Slot[] {
  return Array.from({ length: Math.floor(words.length / 3) }, (_, index) => ({
    waitMs: Number(words[index * 3]),
    reason: asReason(words[index * 3 + 1]),
    spent: words[index * 3 + 2] === '1',
  }));
}

function asReason(word: string | undefined): LimitReason {
  return word === 'minuteQuota' || word === 'dailyQuota' ? word : 'pacing';
}

function optionalNumber(word: string | undefined): number | undefined {
  return word === undefined || word === '' ? undefined : Number(word);
}
