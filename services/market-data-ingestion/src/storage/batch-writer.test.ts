import { InMemoryMarketDataStore, partialMock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { MarketDataStore, SpooledBatch } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { judged, series } from '../../test/service/service-with-doubles.ts';
import { BatchWriter } from './batch-writer.ts';

const identity = { batchId: 'batch-1', acceptedAt: Date.UTC(2024, 0, 3) };
const batch: SpooledBatch = { identity, accepted: judged.accepted, quarantined: judged.quarantined };

function writerWith(store: MarketDataStore = new InMemoryMarketDataStore()) {
  return new BatchWriter({ store });
}

describe('the writer', () => {
  it('puts accepted bars and rejected rows where they belong, under one identity', async () => {
    const store = new InMemoryMarketDataStore();
    const writer = writerWith(store);
    expect(await writer.write(batch)).toEqual({ stored: 3, unchanged: 0, refused: 0 });
    expect(await store.getStoredBars(series)).toMatchObject([identityOfBar(), identityOfBar(), identityOfBar()]);
    expect(await store.getQuarantine()).toMatchObject([
      { ...series, label: '2024-01-05', batchId: 'batch-1', quarantinedAt: identity.acceptedAt },
    ]);
  });

  it('stores nothing twice when it is asked again with the same identity, and says the same', async () => {
    const store = new InMemoryMarketDataStore();
    const writer = writerWith(store);
    const first = await writer.write(batch);
    expect(await writer.write(batch)).toEqual(first);
    expect(await store.getQuarantine()).toHaveLength(1);
  });

  it('keeps no rejected rows of a batch whose bars the store refused', async () => {
    const refusal = new ServiceError({ kind: 'configuration', reason: 'barLabelMix', message: 'mixed' });
    const store = partialMock<MarketDataStore>('MarketDataStore', {
      insertMarketData: () => Promise.reject(refusal),
    });
    await expect(writerWith(store).write(batch)).rejects.toBe(refusal);
  });

  it('hands the signal to every call of the store', async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const store = partialMock<MarketDataStore>('MarketDataStore', {
      insertMarketData: async (_batch, _identity, options) => {
        seen.push(options?.signal);
        return { stored: 3, unchanged: 0 };
      },
      insertQuarantine: async (_series, _rows, _identity, options) => void seen.push(options?.signal),
    });
    await writerWith(store).write(batch, { signal });
    expect(seen).toEqual([signal, signal]);
  });
});

function identityOfBar() {
  return { batchId: identity.batchId, ingestedAt: identity.acceptedAt };
}
