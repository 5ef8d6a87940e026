import { describe, expect, it } from 'vitest';
import { makeBars } from '../../measure/bars.ts';
import type { Sql } from '../../measure/engine.ts';
import type { Route, RouteName } from '../routes/route.ts';
import { expectedContent } from '../verify.ts';
import { runRounds } from './rounds.ts';

const expected = expectedContent(makeBars(10));

/** A store that knows the symbols that were stored, and an account of all that happened. */
class Store {
  readonly events: string[] = [];
  /** Questions after which the merge that each run brings about is over. */
  readonly #mergeLasts: number;
  #merging = 0;
  readonly #stored: Set<string> = new Set();
  readonly sql: Sql = {
    command: async (statement) => void this.events.push(statement.split(' ')[0] as string),
    rows: async <Row>(statement: string) => {
      if (statement.includes('system.merges')) return this.#merge();
      return [...this.#stored].map((symbol) => {
        return { symbol, rows: String(expected.rows), hash: String(expected.hash), batches: '1', identified: 1 };
      }) as Row[];
    },
  };

  constructor(mergeLasts = 0) {
    this.#mergeLasts = mergeLasts;
  }

  #merge<Row>(): Row[] {
    if (this.#merging === 0) return [];
    this.#merging -= 1;
    this.events.push('merging');
    return [{}] as Row[];
  }

  route(name: RouteName, stores = true): Route {
    return {
      name,
      run: async (symbols) => {
        this.events.push(name);
        this.#merging = this.#mergeLasts;
        if (stores) for (const symbol of symbols) this.#stored.add(symbol);
      },
      close: async () => void this.events.push(`close ${name}`),
    };
  }
}

describe('runRounds', () => {
  it('lets the routes take turns, another one first each time, and empties the table after each round', async () => {
    const store = new Store();
    const entrants = (['engine', 'service'] as const).map((name) => ({
      ...{ route: store.route(name), rounds: 2, warmUp: 1, sql: store.sql },
    }));
    const measured = await runRounds({ case: 'x', symbols: 3, expected, entrants });
    expect(store.events).toEqual([
      ...['engine', 'service', 'TRUNCATE', 'service', 'engine', 'TRUNCATE', 'engine', 'service', 'TRUNCATE'],
      ...['close engine', 'close service'],
    ]);
    expect(measured.map(({ route, rows, costs }) => [route, rows, costs.length])).toEqual([
      ['engine', 30, 2],
      ['service', 30, 2],
    ]);
  });

  it('lets no route begin before the merges of the one before are over', async () => {
    const store = new Store(2);
    const common = { rounds: 1, warmUp: 0, sql: store.sql };
    const entrants = (['engine', 'service'] as const).map((name) => ({ route: store.route(name), ...common }));
    await runRounds({ case: 'x', symbols: 1, expected, entrants, keepRows: true });
    expect(store.events.slice(0, 4)).toEqual(['engine', 'merging', 'merging', 'service']);
  });

  it('runs what wants to be apart when the others have ended', async () => {
    const store = new Store();
    const common = { rounds: 1, warmUp: 0, sql: store.sql };
    await runRounds({
      ...{ case: 'x', symbols: 1, expected, keepRows: true },
      entrants: [
        { route: store.route('naive'), apart: true, ...common },
        { route: store.route('engine'), ...common },
      ],
    });
    expect(store.events.slice(0, 2)).toEqual(['engine', 'naive']);
  });

  it('begins no round after its time, and has at least one', async () => {
    const store = new Store();
    const entrants = [{ route: store.route('engine'), rounds: 50, warmUp: 1, sql: store.sql }];
    const [measured] = await runRounds({ case: 'x', symbols: 1, expected, entrants, budgetMs: -1 });
    expect(measured?.costs).toHaveLength(1);
  });

  it('fails when a route stores nothing', async () => {
    const store = new Store();
    const entrants = [{ route: store.route('sql', false), rounds: 1, warmUp: 0, sql: store.sql }];
    await expect(runRounds({ case: '10k', symbols: 1, expected, entrants })).rejects.toThrow(
      /^sql, case 10k, stored no rows/,
    );
  });
});
