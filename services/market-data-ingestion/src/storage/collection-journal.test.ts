import { RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionRecord } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { CollectionJournal } from './collection-journal.ts';

function record(batchId: string): CollectionRecord {
  return {
    ...{ symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw', batchId, outcome: 'stored' },
    ...{ acceptedAt: 0, recordedAt: 0, durationMs: 1, qualityScore: 100, collectedCount: 1, processedCount: 1 },
    ...{ cachedCount: 0, stored: 1, unchanged: 0, duplicates: 0, quarantined: 0, spooled: 0 },
  };
}

/** A journal over a store that notes what it is given in one turn of the event loop. */
function journalOn(refuse: (batchId: string) => ServiceError | undefined = () => undefined) {
  const clock = new VirtualClock();
  const monitoring = new RecordingMonitoring();
  const written: string[][] = [];
  let round: string[] | undefined;
  const store = {
    insertCollection: async ({ batchId }: CollectionRecord): Promise<void> => {
      const failure = refuse(batchId);
      if (failure !== undefined) throw failure;
      if (round === undefined) {
        round = [];
        written.push(round);
        setImmediate(() => {
          round = undefined;
        });
      }
      round.push(batchId);
    },
  };
  return { journal: new CollectionJournal({ store, clock, monitoring }), clock, monitoring, written };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('the journal of collections', () => {
  it('writes the first record at once, and those of the next tenth of a second together', async () => {
    const { journal, clock, written } = journalOn();
    journal.take(record('a'));
    await turn();
    expect(written).toEqual([['a']]);
    journal.take(record('b'));
    await clock.advance(99);
    journal.take(record('c'));
    await turn();
    expect(written).toEqual([['a']]);
    await clock.advance(1);
    await turn();
    expect(written).toEqual([['a'], ['b', 'c']]);
    await clock.advance(1000);
    journal.take(record('d'));
    await turn();
    expect(written.at(-1)).toEqual(['d']);
  });

  it.each(['flush', 'close'] as const)('waits for nobody on %s, and leaves no timer behind', async (end) => {
    const { journal, clock, written } = journalOn();
    journal.take(record('a'));
    await turn();
    journal.take(record('b'));
    await turn();
    expect(clock.sleepers).toBe(1);
    await journal[end]();
    expect(written).toEqual([['a'], ['b']]);
    expect(clock.sleepers).toBe(0);
  });

  it('has on flush what was being written already', async () => {
    const gate = Promise.withResolvers<void>();
    let done = 0;
    const journal = new CollectionJournal({
      store: {
        insertCollection: async () => {
          await gate.promise;
          done += 1;
        },
      },
      clock: new VirtualClock(),
      monitoring: new RecordingMonitoring(),
    });
    journal.take(record('a'));
    await turn();
    const flushed = journal.flush().then(() => done);
    gate.resolve();
    expect(await flushed).toBe(1);
  });

  it('gives up nothing of a burst that the store can take, though no time passes', async () => {
    const { journal, written, monitoring } = journalOn();
    for (let i = 0; i < 4000; i++) {
      journal.take(record(`r${i}`));
      if (i % 100 === 0) await turn();
    }
    await journal.flush();
    expect(new Set(written.flat()).size).toBe(4000);
    expect(monitoring.counter('collection_records_lost_total')).toBe(0);
  });

  it('tries what the store did not take again with the next record, and not with each question', async () => {
    let [away, tried] = [true, 0];
    const { journal, written } = journalOn(() => {
      tried += 1;
      return away ? new ServiceError({ kind: 'database', reason: 'unavailable', message: 'away' }) : undefined;
    });
    journal.take(record('a'));
    for (let i = 0; i < 3; i++) await journal.flush();
    expect(tried).toBe(1);
    away = false;
    journal.take(record('b'));
    await journal.flush();
    expect(written.flat()).toEqual(['a', 'b']);
  });

  it('goes on after a store that breaks its contract', async () => {
    let isBroken = true;
    const written: string[] = [];
    const store = {
      insertCollection({ batchId }: CollectionRecord): Promise<void> {
        if (isBroken) throw new Error('not even a promise');
        written.push(batchId);
        return Promise.resolve();
      },
    };
    const [clock, monitoring] = [new VirtualClock(), new RecordingMonitoring()];
    const journal = new CollectionJournal({ store, clock, monitoring });
    journal.take(record('a'));
    await journal.flush();
    isBroken = false;
    journal.take(record('b'));
    await journal.close();
    expect(written.at(-1)).toBe('b');
  });

  it('writes two records of one batch one after the other', async () => {
    const { journal, written } = journalOn();
    for (const batchId of ['a', 'b', 'a']) journal.take(record(batchId));
    await journal.flush();
    expect(written.flat()).toEqual(['a', 'b', 'a']);
  });

  it('keeps what the store does not take for the next round, and gives up what it never will', async () => {
    let away = true;
    const failure = (retryable: boolean): ServiceError =>
      new ServiceError({ kind: 'database', reason: 'unavailable', message: 'away', retryable });
    const { journal, written, monitoring } = journalOn((batchId) => {
      if (batchId === 'never') return failure(false);
      return away ? failure(true) : undefined;
    });
    for (const batchId of ['a', 'never', 'b']) journal.take(record(batchId));
    await journal.flush();
    expect(written).toEqual([]);
    expect(monitoring.counter('collection_records_lost_total', { interval: 'daily' })).toBe(1);
    away = false;
    journal.take(record('c'));
    await journal.flush();
    expect(written.flat()).toEqual(['a', 'b', 'c']);
  });
});
