import type { CorporateActionStore } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { InMemoryCorporateActionStore } from '../market-data/in-memory-corporate-action-store.ts';
import { corporateActionStoreSuite } from './corporate-action-store-suite.ts';
import { runSuite } from './run-suite.ts';

type Broken = (store: InMemoryCorporateActionStore) => Partial<CorporateActionStore>;

const sound = new InMemoryCorporateActionStore();
corporateActionStoreSuite({ describe, it, expect }, { create: async () => ({ subject: sound }) });

let batches = 0;

describe('corporateActionStoreSuite', () => {
  it.each<[string, string, Broken]>([
    [
      'keeps floats',
      'decimals of 20 digits',
      (store) => ({
        getCorporateActions: async (query) =>
          (await store.getCorporateActions(query)).map((action) => ({
            ...action,
            value: String(Number(action.value)),
          })),
      }),
    ],
    [
      'forgets the instant',
      'as of every instant',
      (store) => ({ getCorporateActions: (query) => store.getCorporateActions({ ...query, asOf: undefined }) }),
    ],
    [
      'shows only the newest version',
      'as of every instant',
      (store) => ({ getCorporateActionVersions: (query) => store.getCorporateActions(query) }),
    ],
    [
      'never withdraws',
      'names no longer',
      (store) => ({
        insertCorporateActions: (batch, identity) =>
          store.insertCorporateActions({ ...batch, complete: false }, identity),
      }),
    ],
    [
      'withdraws for every answer',
      'not complete',
      (store) => ({
        insertCorporateActions: (batch, identity) =>
          store.insertCorporateActions({ ...batch, complete: true }, identity),
      }),
    ],
    [
      'takes a retry for a new batch',
      'when a batch is repeated',
      (store) => ({
        insertCorporateActions: (batch, identity) => {
          batches += 1;
          return store.insertCorporateActions(batch, { ...identity, batchId: `${identity.batchId}-${batches}` });
        },
      }),
    ],
    [
      'mixes sources',
      'apart',
      (store) => ({
        insertCorporateActions: (batch, identity) =>
          store.insertCorporateActions({ ...batch, source: 'suite' }, identity),
        getCorporateActions: (query) => store.getCorporateActions({ ...query, source: 'suite' }),
      }),
    ],
    ['loses rejected rows', 'word for word', () => ({ insertRejectedActions: async () => {} })],
    [
      'ignores the signal',
      'signal',
      (store) => ({ insertCorporateActions: (batch, identity) => store.insertCorporateActions(batch, identity) }),
    ],
  ])('fails a store that %s', async (_, law, broken) => {
    const outcomes = await runSuite((functions) =>
      corporateActionStoreSuite(
        { ...functions, expect },
        {
          create: async () => {
            const store = new InMemoryCorporateActionStore();
            return { subject: { ...bound(store), ...broken(store) } };
          },
        },
      ),
    );
    const failed = outcomes.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
    expect(
      failed.some((name) => name.includes(law)),
      failed.join('; '),
    ).toBe(true);
  });
});

/** The store's own methods, which need the store as their `this`. */
function bound(store: InMemoryCorporateActionStore): CorporateActionStore {
  return {
    insertCorporateActions: (...given) => store.insertCorporateActions(...given),
    getCorporateActions: (...given) => store.getCorporateActions(...given),
    getCorporateActionVersions: (...given) => store.getCorporateActionVersions(...given),
    insertRejectedActions: (...given) => store.insertRejectedActions(...given),
    getRejectedActions: (...given) => store.getRejectedActions(...given),
  };
}
