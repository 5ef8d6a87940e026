import { InMemoryMarketDataStore, InMemorySpool } from '@quantumtrade/core-testing';
import { describe, it } from 'vitest';
import { modelRuns, modelRunsOnEngine } from './model-runs.ts';

describe('storage, spool and replay do what the model says', () => {
  it('in 1,000 histories over the fakes', { timeout: 60_000 }, async () => {
    await modelRuns(1000, async () => {
      const spool = new InMemorySpool();
      await spool.open();
      return {
        store: new InMemoryMarketDataStore(),
        spool,
        reopen: async () => spool,
        prefix: '',
        knowsOldBatches: true,
      };
    });
  });

  it('in 100 histories over the embedded engine and the spool on the disk', { timeout: 300_000 }, async () => {
    await modelRunsOnEngine(100);
  });
});
