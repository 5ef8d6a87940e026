import { barBatch, InMemoryMarketDataStore } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { type BarBatch, type BatchIdentity, brokenRulesAt, type InsertOutcome } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { storeBars } from './store-bars.ts';

const identity: BatchIdentity = { batchId: 'batch-1', acceptedAt: Date.UTC(2024, 0, 3) };

const refusal = new ServiceError({ kind: 'database', reason: 'refused', message: 'constraint', retryable: false });

/** Refuses every block that has a row with one of the closing prices. */
class PickyStore extends InMemoryMarketDataStore {
  readonly parts: (string | undefined)[] = [];
  readonly #refuses: ReadonlySet<number>;
  readonly #error: ServiceError;

  constructor(refuses: readonly number[], error: ServiceError = refusal) {
    super();
    this.#refuses = new Set(refuses);
    this.#error = error;
  }

  override async insertMarketData(batch: BarBatch, part: BatchIdentity): Promise<InsertOutcome> {
    this.parts.push(part.part);
    for (const units of batch.close.units) if (this.#refuses.has(Number(units))) throw this.#error;
    return await super.insertMarketData(batch, part);
  }
}

function batchOf(rows: number): BarBatch {
  return barBatch({ rows: Array.from({ length: rows }, (_, i) => ({ openTime: i * 86_400_000, close: String(i) })) });
}

it('gives each part of a batch the rules that its own rows broke', async () => {
  const index = Uint16Array.from({ length: 8 }, (_, row) => row % 4);
  const combinations = [[], ['low_volume'], ['excessive_deviation'], ['low_volume', 'excessive_deviation']];
  const seen: string[] = [];
  class Watching extends PickyStore {
    override async insertMarketData(batch: BarBatch, part: BatchIdentity): Promise<InsertOutcome> {
      const outcome = await super.insertMarketData(batch, part);
      for (let row = 0; row < batch.length; row++) seen.push(`${batch.close.units[row]}: ${brokenRulesAt(batch, row)}`);
      return outcome;
    }
  }
  await storeBars(new Watching([3]), { ...batchOf(8), brokenRules: { combinations, index } }, identity);
  expect(seen.toSorted()).toEqual([0, 1, 2, 4, 5, 6, 7].map((row) => `${row}: ${combinations[row % 4]}`));
});

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

it('finds a row that the table cannot hold, whose batch would else hold up the spool for ever', async () => {
  const notStorable = new ServiceError({
    ...{ kind: 'database', reason: 'valueNotStorable' },
    ...{ message: 'row 4 does not fit', retryable: false },
  });
  const store = new PickyStore([4], notStorable);
  expect(await storeBars(store, batchOf(5), identity)).toMatchObject({ stored: 4, refused: [4] });
});

describe('storing a batch with rows that the store refuses', () => {
  it.each([
    ['none', 100, []],
    ['the first', 100, [0]],
    ['the last', 100, [99]],
    ['two neighbours', 100, [49, 50]],
    ['many, far apart', 100, [3, 17, 18, 64, 98]],
    ['one of two', 2, [1]],
    ['the first fifteen', 100, range(0, 15)],
  ])('stores all rows but the refused: %s', async (_, rows, refuses) => {
    const store = new PickyStore(refuses);
    const batch = batchOf(rows);
    const outcome = { stored: rows - refuses.length, unchanged: 0, refused: refuses };
    expect(await storeBars(store, batch, identity)).toEqual(outcome);
    expect((await store.getStoredBars(batch.series)).map(({ close }) => Number(close))).toEqual(
      range(0, rows).filter((row) => !refuses.includes(row)),
    );
  });

  it('says and stores the same when it is repeated, in the same parts', async () => {
    const store = new PickyStore([7, 70]);
    const batch = batchOf(100);
    const first = await storeBars(store, batch, identity);
    const parts = store.parts.splice(0);
    expect(await storeBars(store, batch, identity)).toEqual(first);
    expect(store.parts).toEqual(parts);
    expect(new Set(parts).size).toBe(parts.length);
    for (const row of [0, 50, 99]) expect(store.versions(batch.series, row * 86_400_000)).toHaveLength(1);
  });

  it.each([1, 2, 100, 5000])('is the failure of the store when it refuses each of %d rows', async (rows) => {
    const store = new PickyStore(range(0, rows));
    await expect(storeBars(store, batchOf(rows), identity)).rejects.toBe(refusal);
    // It does not try every row of a large batch to find that out.
    expect(store.parts.length).toBeLessThan(60);
  });

  it('is the fault of the rows all the same when the store is known to work', async () => {
    const store = new PickyStore(range(0, 20));
    const outcome = await storeBars(store, batchOf(20), identity, { storeIsKnownToWork: true });
    expect(outcome).toEqual({ stored: 0, unchanged: 0, refused: range(0, 20) });
  });

  it('is the failure of the store when rows that it has already are the only others', async () => {
    const store = new PickyStore([9]);
    await storeBars(store, batchOf(9), { ...identity, batchId: 'earlier' });
    await expect(storeBars(store, batchOf(10), identity)).rejects.toBe(refusal);
  });

  it('ends with the error when the store goes away half-way, and can be repeated', async () => {
    const store = new PickyStore([90]);
    const batch = batchOf(100);
    const away = new ServiceError({ kind: 'database', reason: 'unavailable', message: 'away' });
    const insert = store.insertMarketData.bind(store);
    let calls = 0;
    store.insertMarketData = async (rows, part) => {
      calls += 1;
      if (calls === 4) throw away;
      return await insert(rows, part);
    };
    await expect(storeBars(store, batch, identity)).rejects.toBe(away);
    expect(await storeBars(store, batch, identity)).toEqual({ stored: 99, unchanged: 0, refused: [90] });
  });
});
