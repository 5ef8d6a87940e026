import type { ClickHouseClient } from '@clickhouse/client';

interface Lane {
  readonly client: ClickHouseClient;
  underWay: number;
}

/** Clients that do the same and each do one thing after another: what comes goes to the one with the least to do. */
export class ClientPool {
  readonly #lanes: readonly Lane[];

  constructor({ size, connect }: { readonly size: number; readonly connect: () => ClickHouseClient }) {
    this.#lanes = Array.from({ length: size }, () => ({ client: connect(), underWay: 0 }));
  }

  get clients(): readonly ClickHouseClient[] {
    return this.#lanes.map(({ client }) => client);
  }

  /** A client, and how to give it back. */
  take(): { readonly client: ClickHouseClient; readonly release: () => void } {
    const lane = this.#lanes.reduce((least, each) => (each.underWay < least.underWay ? each : least));
    lane.underWay += 1;
    const release = (): void => {
      lane.underWay -= 1;
    };
    return { client: lane.client, release };
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }
}
