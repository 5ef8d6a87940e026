import { type Lease, type Leases, ServiceError } from '@quantumtrade/core-traits';
import type { RedisScripts } from '../../quota/redis-scripts.ts';
import { leaseScript, noteScript } from './lease-script.ts';

export interface RedisLeasesDependencies {
  readonly scripts: RedisScripts;
  /** Stands in every key: those who share it share their leases. */
  readonly scope: string;
}

/** Leases of all processes that use one Redis. Its calls fail while Redis is away. */
export class RedisLeases implements Leases {
  readonly #scripts: RedisScripts;
  readonly #scope: string;

  constructor({ scripts, scope }: RedisLeasesDependencies) {
    this.#scripts = scripts;
    this.#scope = scope;
  }

  async acquire(name: string, { leaseMs }: { readonly leaseMs: number }): Promise<Lease | undefined> {
    const answer = await this.#run(leaseScript, name, 'acquire', String(leaseMs));
    const [fence, note] = Array.isArray(answer) ? answer : [];
    if (fence === undefined) return undefined;
    const change = async (mode: string, ...values: readonly string[]): Promise<boolean> =>
      (await this.#run(leaseScript, name, mode, String(fence), ...values)) === 1;
    return {
      name,
      fence: Number(fence),
      note: note === undefined ? undefined : String(note),
      renew: (options) => change('renew', String(options.leaseMs)),
      write: (text) => change('write', text),
      release: () => change('release'),
    };
  }

  async noteOf(name: string): Promise<string | undefined> {
    const note = await this.#run(noteScript, name);
    return typeof note === 'string' ? note : undefined;
  }

  async close(): Promise<void> {
    await this.#scripts.close();
  }

  async #run(script: string, name: string, ...values: readonly string[]): Promise<unknown> {
    try {
      return await this.#scripts.run(script, [`market-data:lease:${this.#scope}:${name}`], values);
    } catch (cause) {
      throw new ServiceError({
        kind: 'database',
        reason: 'unavailable',
        message: `Redis does not answer (${cause instanceof Error ? cause.message : String(cause)}): see docs/failures/redis.md`,
        retryable: true,
        cause,
      });
    }
  }
}
