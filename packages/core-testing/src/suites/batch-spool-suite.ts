import type { ServiceError } from '@quantumtrade/core-traits';
import type { BatchSpool, SpoolEntry, SpooledBatch } from '@quantumtrade/shared-types';
import { barBatch } from '../market-data/bar-batch-builder.ts';
import { nextIdentity } from './market-data-store/fresh.ts';
import { failureOf, type SuiteSubject, type TestFunctions, using } from './suite.ts';

/** A spool under test: new and empty, and not yet open. */
export interface BatchSpoolSuiteSubject extends SuiteSubject<BatchSpool> {
  /** Closes the spool and opens it again, as the next process does; gives the one to go on with. */
  reopen(): Promise<BatchSpool>;
  /** Changes something in what an entry has on the disk. */
  damage(id: number): Promise<void>;
}

export interface BatchSpoolSuiteFactory {
  /** A spool that takes at most so many bytes; at least 64 KiB. */
  create(given: { readonly maxBytes: number }): Promise<BatchSpoolSuiteSubject>;
}

/** What every {@link BatchSpool} must do. */
export function batchSpoolSuite({ describe, it, expect }: TestFunctions, factory: BatchSpoolSuiteFactory): void {
  const withSpool =
    (body: (spool: BatchSpool, subject: BatchSpoolSuiteSubject) => Promise<void>, maxBytes = 1024 ** 3) =>
    () =>
      using(factory.create({ maxBytes }), async (created) => {
        await created.subject.open();
        await body(created.subject, created);
      });
  const idsOf = async (spool: BatchSpool): Promise<string[]> =>
    (await waitingIn(spool)).map(({ identity }) => identity.batchId);

  describe('a batch spool', () => {
    it(
      'hands out the oldest batch first, each one until it is removed',
      withSpool(async (spool) => {
        expect(await spool.peek()).toBe(undefined);
        const batches = [batchOf('A'), batchOf('B'), batchOf('A')];
        for (const batch of batches) await spool.append(batch);
        const ids = batches.map(({ identity }) => identity.batchId);
        expect(await idsOf(spool)).toEqual(ids);
        const first = await spool.peek();
        expect(first?.identity.batchId).toBe(ids[0]);
        await spool.remove(first?.id ?? 0);
        await spool.remove(first?.id ?? 0);
        expect(await idsOf(spool)).toEqual(ids.slice(1));
      }),
    );

    it(
      'keeps the order of appends that were made at once',
      withSpool(async (spool) => {
        const batches = Array.from({ length: 20 }, (_, i) => batchOf(`S${i}`));
        await Promise.all(batches.map((batch) => spool.append(batch)));
        expect(await idsOf(spool)).toEqual(batches.map(({ identity }) => identity.batchId));
      }),
    );

    it(
      'gives back every field of a batch exactly',
      withSpool(async (spool) => {
        const batch = exactBatch();
        await spool.append(batch);
        const { id, spooledAt, ...back } = (await spool.peek()) as SpoolEntry;
        expect([id > 0, spooledAt > 0]).toEqual([true, true]);
        expect(back).toEqual({ ...batch });
      }),
    );

    it(
      'keeps a batch once, also when it is appended again',
      withSpool(async (spool) => {
        const batch = batchOf('A');
        await spool.append(batch);
        await spool.append(batch);
        await Promise.all([spool.append(batch), spool.append(batch)]);
        expect(await idsOf(spool)).toEqual([batch.identity.batchId]);
      }),
    );

    it(
      'knows which series have a batch waiting',
      withSpool(async (spool) => {
        const batch = batchOf('A');
        await spool.append(batch);
        const { series } = batch.accepted;
        expect(await spool.isWaiting(series)).toBe(true);
        expect(await spool.isWaiting({ ...series, symbol: 'B' })).toBe(false);
        expect(await spool.isWaiting({ ...series, adjustment: 'adjusted' })).toBe(false);
        await spool.remove((await spool.peek())?.id ?? 0);
        expect(await spool.isWaiting(series)).toBe(false);
      }),
    );

    it(
      'refuses what does not fit, keeps what it has, and takes more once there is room',
      withSpool(async (spool) => {
        let appended = 0;
        let failure: unknown;
        while (failure === undefined && appended < 2000) {
          failure = await failureOf(() => spool.append(batchOf(`S${appended}`, 20)));
          if (failure === undefined) appended += 1;
        }
        const { kind, reason, retryable } = failure as ServiceError;
        expect({ kind, reason, retryable }).toEqual({ kind: 'database', reason: 'spoolFull', retryable: true });
        const stats = await spool.stats();
        expect([stats.entries, stats.full, stats.bytes <= stats.maxBytes]).toEqual([appended, true, true]);
        await spool.remove((await spool.peek())?.id ?? 0);
        expect((await spool.stats()).full).toBe(false);
        await spool.append(batchOf('AGAIN', 20));
        expect((await spool.stats()).entries).toBe(appended);
      }, 65_536),
    );

    it(
      'says how many batches wait, what they take and since when',
      withSpool(async (spool) => {
        const empty = await spool.stats();
        expect([empty.entries, empty.bytes, empty.oldestSpooledAt, empty.damaged]).toEqual([0, 0, undefined, 0]);
        await spool.append(batchOf('A'));
        const one = await spool.stats();
        await spool.append(batchOf('B'));
        const two = await spool.stats();
        expect([one.entries, two.entries, one.bytes > 0, two.bytes > one.bytes]).toEqual([1, 2, true, true]);
        expect(two.oldestSpooledAt).toBe((await spool.peek())?.spooledAt);
        expect([two.full, two.maxBytes]).toEqual([false, 1024 ** 3]);
      }),
    );

    it(
      'has everything again after it was closed',
      withSpool(async (spool, subject) => {
        const batches = [batchOf('A'), batchOf('B')];
        for (const batch of batches) await spool.append(batch);
        const before = await spool.stats();
        const again = await subject.reopen();
        expect(await idsOf(again)).toEqual(batches.map(({ identity }) => identity.batchId));
        expect(await again.stats()).toEqual(before);
      }),
    );

    it(
      'passes a damaged entry over, keeps it aside and says so',
      withSpool(async (spool, subject) => {
        const batches = [batchOf('A'), batchOf('B'), batchOf('C')];
        for (const batch of batches) await spool.append(batch);
        const [, second] = await waitingIn(spool);
        await subject.damage(second?.id ?? 0);
        const [first, , third] = batches.map(({ identity }) => identity.batchId);
        expect(await idsOf(spool)).toEqual([first, third]);
        const damaged = await spool.damaged();
        expect(damaged.map(({ id, batchId }) => ({ id, batchId }))).toEqual([
          { id: second?.id, batchId: second?.identity.batchId },
        ]);
        expect(damaged[0]?.problem === '', 'the problem is not said').toBe(false);
        const { entries, damaged: count } = await spool.stats();
        expect({ entries, count }).toEqual({ entries: 2, count: 1 });
        expect(await spool.isWaiting(batchOf('B').accepted.series)).toBe(false);
      }),
    );

    it(
      'is of no use before it is opened and after it was closed',
      withSpool(async (spool) => {
        await spool.close();
        await spool.close();
        const failure = (await failureOf(() => spool.append(batchOf('A')))) as ServiceError;
        expect([failure?.kind, failure?.reason]).toEqual(['database', 'spoolUnavailable']);
        expect((await failureOf(() => spool.stats())) === undefined, 'stats of a closed spool').toBe(false);
      }),
    );
  });
}

/** All that waits, in order. */
async function waitingIn(spool: BatchSpool): Promise<readonly SpoolEntry[]> {
  const entries: SpoolEntry[] = [];
  for (let entry = await spool.peek(); entry !== undefined; entry = await spool.peek(entry.id)) entries.push(entry);
  return entries;
}

function batchOf(symbol: string, rows = 1): SpooledBatch {
  return {
    identity: nextIdentity(),
    accepted: barBatch({
      symbol,
      // Prices that do not repeat, so that packing them saves little.
      rows: Array.from({ length: rows }, (_, i) => ({
        openTime: i * 60_000,
        close: (Math.sin(i + 1) ** 2).toFixed(14),
      })),
    }),
    quarantined: [],
  };
}

/** Every optional field, numbers at the edge of what columns hold, hostile text. */
function exactBatch(): SpooledBatch {
  return {
    identity: nextIdentity(),
    accepted: {
      ...barBatch({
        symbol: 'BRK.B',
        interval: '5min',
        adjustment: 'adjusted',
        barLabel: 'end',
        lastRefreshed: '2024-01-02 19:55:00',
        rows: [
          { openTime: '2024-01-02T14:30:00.001Z', close: '0.1', adjustedClose: '298.85821743109733', volume: '0' },
          {
            openTime: '2024-01-02T14:35:00Z',
            close: '12345678901234567890.123456789012345678',
            adjustedClose: '1',
            volume: '1000000000000000000',
            qualityScore: 71,
          },
        ],
      }),
    },
    quarantined: [
      {
        label: "x'; DROP TABLE bars",
        values: { open: '1e400', close: '\u0000"' },
        qualityScore: 10,
        brokenRules: ['a', 'b'],
      },
    ],
  };
}
