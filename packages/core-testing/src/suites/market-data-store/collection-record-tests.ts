import { randomUUID } from 'node:crypto';
import { type CollectionRecord, collectionOutcomes, type MarketDataStore } from '@quantumtrade/shared-types';
import { type SuiteFactory, type TestFunctions, withSubject } from '../suite.ts';
import { freshSeries, nextIdentity } from './fresh.ts';

/** A record of a collection that got nowhere. */
function bareRecord(): CollectionRecord {
  const { batchId, acceptedAt } = nextIdentity();
  return {
    ...freshSeries(),
    batchId,
    acceptedAt,
    recordedAt: acceptedAt + 40,
    outcome: 'failed',
    durationMs: 40.25,
    collectedCount: 0,
    processedCount: 0,
    cachedCount: 0,
    stored: 0,
    unchanged: 0,
    duplicates: 0,
    quarantined: 0,
    spooled: 0,
    qualityScore: 0,
  };
}

/** A record with all that may be there. */
function fullRecord(): CollectionRecord {
  return {
    ...bareRecord(),
    outcome: 'stored',
    fetchMs: 20.5,
    processMs: 1.125,
    storeMs: 0,
    collectedCount: 4_000_000_000,
    processedCount: 95,
    cachedCount: 7,
    stored: 80,
    unchanged: 15,
    duplicates: 2,
    quarantined: 3,
    spooled: 1,
    qualityScore: 97.5,
    firstOpenTime: Date.UTC(1962, 0, 2, 5),
    lastOpenTime: Date.UTC(2024, 0, 2, 14, 30, 0, 1),
    lastRefreshed: "2024-01-02 20:00:00 'Eastern'",
    outputSize: 'full',
    month: '2024-01',
    errorKind: 'database',
    errorReason: 'unavailable',
  };
}

/** Records of collections: what became of each, once. */
export function collectionRecordTests(
  { describe, it, expect }: TestFunctions,
  factory: SuiteFactory<MarketDataStore>,
): void {
  describe('records of collections', () => {
    it(
      'gives back every field, and leaves out what was left out',
      withSubject(factory, async (store) => {
        for (const record of [fullRecord(), bareRecord()]) {
          await store.insertCollection(record);
          const [read, ...others] = await store.getCollections({ symbol: record.symbol });
          expect(others).toEqual([]);
          expect({ ...read, recordedAt: 0 }).toEqual({ ...record, recordedAt: 0 });
          expect(Object.keys(read ?? {}).sort()).toEqual(Object.keys(record).sort());
          expect((read?.recordedAt ?? 0) >= record.recordedAt).toBe(true);
        }
      }),
    );

    it(
      'knows every outcome',
      withSubject(factory, async (store) => {
        for (const outcome of collectionOutcomes) {
          const record = { ...bareRecord(), outcome };
          await store.insertCollection(record);
          const [read] = await store.getCollections({ symbol: record.symbol });
          expect(read?.outcome).toBe(outcome);
        }
      }),
    );

    it(
      'takes the record that was inserted last for the one that counts, also within one millisecond',
      withSubject(factory, async (store) => {
        const record = fullRecord();
        await store.insertCollection({ ...record, outcome: 'spooled', stored: 0, spooled: 80 });
        await store.insertCollection(record);
        await store.insertCollection({ ...record, stored: 79 });
        await store.insertCollection({ ...record, stored: 80 });
        const kept = await store.getCollections({ symbol: record.symbol });
        expect(kept.map(({ outcome, stored, spooled }) => [outcome, stored, spooled])).toEqual([['stored', 80, 1]]);
      }),
    );

    it(
      'goes on after any record, each batch once, also where all are of one instant and newer ones came meanwhile',
      withSubject(factory, async (store) => {
        for (const limit of [1, 3]) {
          const { symbol, acceptedAt } = bareRecord();
          for (let at = 0; at < 7; at += 1) {
            await store.insertCollection({ ...bareRecord(), symbol, acceptedAt: acceptedAt + Math.floor(at / 5) });
          }
          const all = await store.getCollections({ symbol });
          const seen: CollectionRecord[] = [];
          for (let page = all.slice(0, 0); page.length > 0 || seen.length === 0; ) {
            page = await store.getCollections({ symbol, limit, after: seen.at(-1) });
            seen.push(...page);
            await store.insertCollection({ ...bareRecord(), symbol });
            // A later record of a batch that was not read yet stands where the batch stood.
            await store.insertCollection({ ...(all[6] as CollectionRecord), stored: seen.length });
            if (seen.length > all.length || page.length > limit) break;
          }
          expect(seen.map(({ batchId }) => batchId)).toEqual(all.map(({ batchId }) => batchId));
          expect(seen.length).toBe(7);
        }
      }),
    );

    it(
      'gives the newest collections first, of one symbol or of all, and no more than asked for',
      withSubject(factory, async (store) => {
        const [first, second, third, other] = [fullRecord(), fullRecord(), fullRecord(), fullRecord()];
        const { symbol } = first;
        await store.insertCollection({ ...second, symbol });
        await store.insertCollection(first);
        await store.insertCollection({ ...third, symbol, interval: 'weekly' });
        await store.insertCollection(other);
        const batches = async (query: object): Promise<readonly string[]> =>
          (await store.getCollections(query)).map(({ batchId }) => batchId);
        expect(await batches({ symbol })).toEqual([third.batchId, second.batchId, first.batchId]);
        expect(await batches({ symbol, limit: 2 })).toEqual([third.batchId, second.batchId]);
        expect(await batches({ symbol: randomUUID() })).toEqual([]);
        expect(await batches({ limit: 1 })).toEqual([other.batchId]);
        const all = new Set((await store.getCollections()).map((record) => record.symbol));
        expect(all.has(symbol) && all.has(other.symbol)).toBe(true);
      }),
    );
  });
}
