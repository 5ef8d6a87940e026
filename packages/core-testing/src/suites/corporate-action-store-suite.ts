import { randomUUID } from 'node:crypto';
import { isServiceError } from '@quantumtrade/core-traits';
import type {
  CorporateAction,
  CorporateActionBatch,
  CorporateActionStore,
  StoredCorporateAction,
} from '@quantumtrade/shared-types';
import { nextIdentity } from './market-data-store/fresh.ts';
import { rejectionOf, type SuiteFactory, type TestFunctions, withSubject } from './suite.ts';

const source = 'suite';

function freshSymbol(): string {
  return `A${randomUUID().replaceAll('-', '').slice(0, 20)}`.toUpperCase();
}

function dividend(exDate: string, value: string, more: Partial<CorporateAction> = {}): CorporateAction {
  return { kind: 'dividend', exDate, value, ...more };
}

function dividends(symbol: string, actions: readonly CorporateAction[], complete = true): CorporateActionBatch {
  return { symbol, source, kind: 'dividend', actions, complete };
}

/** What the vendor said, without what the store adds. */
function saidOf(actions: readonly StoredCorporateAction[]): string[] {
  return actions.map(({ exDate, value, withdrawn }) => `${exDate} ${value}${withdrawn ? ' withdrawn' : ''}`);
}

/**
 * What every {@link CorporateActionStore} must do. Symbols are fresh in each test, so the store need not be empty and the
 * factory may hand out one store again and again.
 */
export function corporateActionStoreSuite(
  { describe, it, expect }: TestFunctions,
  factory: SuiteFactory<CorporateActionStore>,
): void {
  describe('a store of corporate actions', () => {
    it(
      'gives back every field, and leaves out what was left out',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const identity = nextIdentity();
        const dates = { declarationDate: '2024-01-30', recordDate: '2024-02-09', paymentDate: '2024-03-09' };
        const actions = [dividend('1962-02-08', '0.000000000000000001'), dividend('2024-02-08', '1.66', dates)];
        expect(await store.insertCorporateActions(dividends(symbol, actions), identity)).toEqual({
          stored: 2,
          unchanged: 0,
          withdrawn: 0,
        });
        const added = { symbol, source, place: 1, withdrawn: false, ingestedAt: identity.acceptedAt };
        const read = await store.getCorporateActions({ symbol, source });
        expect(read).toEqual(actions.map((action) => ({ ...action, ...added, batchId: identity.batchId })));
        expect(Object.keys(read[0] ?? {}).includes('paymentDate')).toBe(false);
      }),
    );

    it(
      'keeps decimals of 20 digits before the point and 18 after it exactly',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const values = ['99999999999999999999.999999999999999999', '1.046', '0.1', '123456789012345678'];
        const actions = values.map((value, index) => dividend(`2024-0${index + 1}-02`, value));
        await store.insertCorporateActions(dividends(symbol, actions), nextIdentity());
        expect((await store.getCorporateActions({ symbol, source })).map(({ value }) => value)).toEqual(values);
      }),
    );

    it(
      'stores nothing of a batch with a value that it cannot hold',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        for (const value of ['0.0000000000000000001', '100000000000000000000', 'NaN', '1e5', '']) {
          const batch = dividends(symbol, [dividend('2024-01-02', '1'), dividend('2024-04-02', value)]);
          const error = await rejectionOf(store.insertCorporateActions(batch, nextIdentity()));
          const { kind, reason, retryable } = isServiceError(error) ? error : ({} as Record<string, unknown>);
          expect({ kind, reason, retryable }, value).toEqual({
            kind: 'database',
            reason: 'valueNotStorable',
            retryable: false,
          });
        }
        expect(await store.getCorporateActions({ symbol, source })).toEqual([]);
      }),
    );

    it(
      'adds nothing for the same actions again, in any order',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const actions = [dividend('2024-01-02', '1'), dividend('2024-01-02', '5'), dividend('2024-04-02', '1')];
        await store.insertCorporateActions(dividends(symbol, actions), nextIdentity());
        const again = await store.insertCorporateActions(dividends(symbol, actions.toReversed()), nextIdentity());
        expect(again).toEqual({ stored: 0, unchanged: 3, withdrawn: 0 });
        expect((await store.getCorporateActionVersions({ symbol, source })).length).toBe(3);
      }),
    );

    it(
      'adds a version for each change, also back to what was, and gives the state as of every instant',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const identities = [nextIdentity(), nextIdentity(), nextIdentity()];
        for (const [index, value] of ['1.5', '1.75', '1.5'].entries()) {
          const batch = dividends(symbol, [dividend('2024-01-02', '1'), dividend('2024-04-02', value)]);
          const outcome = await store.insertCorporateActions(batch, identities[index] as (typeof identities)[0]);
          expect(outcome).toEqual({ stored: index === 0 ? 2 : 1, unchanged: index === 0 ? 0 : 1, withdrawn: 0 });
        }
        const from = '2024-04-01';
        const versions = await store.getCorporateActionVersions({ symbol, source, from });
        expect(versions.map(({ value, batchId }) => [value, batchId])).toEqual(
          ['1.5', '1.75', '1.5'].map((value, index) => [value, identities[index]?.batchId]),
        );
        for (const [index, { acceptedAt }] of identities.entries()) {
          const then = await store.getCorporateActions({ symbol, source, from, asOf: acceptedAt });
          expect(saidOf(then)).toEqual([['2024-04-02 1.5', '2024-04-02 1.75', '2024-04-02 1.5'][index]]);
        }
        const before = (identities[0]?.acceptedAt ?? 0) - 1;
        expect(await store.getCorporateActions({ symbol, source, asOf: before })).toEqual([]);
      }),
    );

    it(
      'adds a version where only a date has changed',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const announced = dividend('2024-04-02', '1', { paymentDate: '2024-05-02' });
        await store.insertCorporateActions(dividends(symbol, [dividend('2024-04-02', '1')]), nextIdentity());
        const outcome = await store.insertCorporateActions(dividends(symbol, [announced]), nextIdentity());
        expect(outcome).toEqual({ stored: 1, unchanged: 0, withdrawn: 0 });
        const [read] = await store.getCorporateActions({ symbol, source });
        expect(read?.paymentDate).toBe('2024-05-02');
      }),
    );

    it(
      'makes versions newer than what they follow, also when the clock goes back',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const [late, later] = [nextIdentity(), nextIdentity()];
        await store.insertCorporateActions(dividends(symbol, [dividend('2024-04-02', '1')]), later);
        await store.insertCorporateActions(dividends(symbol, [dividend('2024-04-02', '2')]), late);
        expect(saidOf(await store.getCorporateActions({ symbol, source }))).toEqual(['2024-04-02 2']);
        const [first, second] = await store.getCorporateActionVersions({ symbol, source });
        expect((second?.ingestedAt ?? 0) > (first?.ingestedAt ?? 0)).toBe(true);
      }),
    );

    it(
      'withdraws what the vendor names no longer, and takes it back when it is named again',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const [old, moved, next] = [
          dividend('2024-01-02', '1'),
          dividend('2024-04-02', '1'),
          dividend('2024-04-03', '1'),
        ];
        const first = nextIdentity();
        await store.insertCorporateActions(dividends(symbol, [old, moved]), first);
        const outcome = await store.insertCorporateActions(dividends(symbol, [old, next]), nextIdentity());
        expect(outcome).toEqual({ stored: 1, unchanged: 1, withdrawn: 1 });
        expect(saidOf(await store.getCorporateActions({ symbol, source }))).toEqual(['2024-01-02 1', '2024-04-03 1']);
        const then = await store.getCorporateActions({ symbol, source, asOf: first.acceptedAt });
        expect(saidOf(then)).toEqual(['2024-01-02 1', '2024-04-02 1']);
        await store.insertCorporateActions(dividends(symbol, [old, moved]), nextIdentity());
        expect(saidOf(await store.getCorporateActions({ symbol, source }))).toEqual(['2024-01-02 1', '2024-04-02 1']);
        expect(saidOf(await store.getCorporateActionVersions({ symbol, source, from: '2024-04-02' }))).toEqual([
          '2024-04-02 1',
          '2024-04-02 1 withdrawn',
          '2024-04-02 1',
          '2024-04-03 1',
          '2024-04-03 1 withdrawn',
        ]);
      }),
    );

    it(
      'withdraws nothing for an answer that is not complete, that is empty, or that begins later',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const [old, middle, young] = [
          dividend('2023-01-02', '1'),
          dividend('2024-01-02', '1'),
          dividend('2024-04-02', '1'),
        ];
        await store.insertCorporateActions(dividends(symbol, [old, middle, young]), nextIdentity());
        for (const batch of [
          dividends(symbol, [old, young], false),
          dividends(symbol, []),
          dividends(symbol, [middle, young]),
        ]) {
          const { stored, withdrawn } = await store.insertCorporateActions(batch, nextIdentity());
          expect({ stored, withdrawn }).toEqual({ stored: 0, withdrawn: 0 });
        }
        expect((await store.getCorporateActions({ symbol, source })).length).toBe(3);
      }),
    );

    it(
      'adds nothing when a batch is repeated, also after a newer one, and says the same again',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const [first, second] = [nextIdentity(), nextIdentity()];
        const older = dividends(symbol, [dividend('2024-01-02', '1'), dividend('2024-04-02', '1')]);
        const newer = dividends(symbol, [dividend('2024-01-02', '1'), dividend('2024-05-02', '1')]);
        const outcomes = [
          await store.insertCorporateActions(older, first),
          await store.insertCorporateActions(newer, second),
        ];
        expect(await store.insertCorporateActions(older, first)).toEqual(outcomes[0]);
        expect(await store.insertCorporateActions(newer, second)).toEqual(outcomes[1]);
        const idle = nextIdentity();
        const nothing = { stored: 0, unchanged: 2, withdrawn: 0 };
        expect(await store.insertCorporateActions(newer, idle)).toEqual(nothing);
        await store.insertCorporateActions(older, nextIdentity());
        expect(await store.insertCorporateActions(newer, idle)).toEqual(nothing);
        expect(saidOf(await store.getCorporateActions({ symbol, source }))).toEqual(['2024-01-02 1', '2024-04-02 1']);
      }),
    );

    it(
      'keeps symbols, sources and kinds apart, and reads by kind and day, both ends included',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const batch = dividends(symbol, [dividend('2024-01-02', '1'), dividend('2024-04-02', '2')]);
        await store.insertCorporateActions(batch, nextIdentity());
        await store.insertCorporateActions({ ...batch, source: 'another' }, nextIdentity());
        await store.insertCorporateActions({ ...batch, symbol: freshSymbol() }, nextIdentity());
        const split: CorporateAction = { kind: 'split', exDate: '2024-01-02', value: '4' };
        await store.insertCorporateActions({ ...batch, kind: 'split', actions: [split] }, nextIdentity());
        const said = async (query: object): Promise<string[]> =>
          saidOf(await store.getCorporateActions({ symbol, source, ...query }));
        expect(await said({})).toEqual(['2024-01-02 1', '2024-01-02 4', '2024-04-02 2']);
        expect(await said({ kind: 'split' })).toEqual(['2024-01-02 4']);
        expect(await said({ from: '2024-01-03', to: '2024-04-02' })).toEqual(['2024-04-02 2']);
        expect(await said({ from: '2024-01-02', to: '2024-04-01' })).toEqual(['2024-01-02 1', '2024-01-02 4']);
        expect(await said({ source: 'none' })).toEqual([]);
      }),
    );

    it(
      'stores one version when the same actions come from two callers at once',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const batch = dividends(symbol, [dividend('2024-01-02', '1')]);
        const outcomes = await Promise.all(
          [nextIdentity(), nextIdentity()].map((identity) => store.insertCorporateActions(batch, identity)),
        );
        expect(outcomes.map(({ stored }) => stored).sort()).toEqual([0, 1]);
      }),
    );

    it(
      'keeps a rejected row word for word, once',
      withSubject(factory, async (store) => {
        const list = { symbol: freshSymbol(), source, kind: 'dividend' } as const;
        const row = {
          values: { exDate: `'; DROP \\ "x"`, value: '\u0000 1e99 🚀\n' },
          brokenRules: ['malformed_date'],
        };
        const identity = nextIdentity();
        await store.insertRejectedActions(list, [row, row], identity);
        await store.insertRejectedActions(list, [row], nextIdentity());
        const kept = { ...list, ...row, rejectedAt: identity.acceptedAt, batchId: identity.batchId };
        expect(await store.getRejectedActions({ symbol: list.symbol })).toEqual([kept]);
        expect((await store.getRejectedActions()).some(({ symbol }) => symbol === list.symbol)).toBe(true);
      }),
    );

    it(
      'rejects with the reason of a signal that was aborted before',
      withSubject(factory, async (store) => {
        const symbol = freshSymbol();
        const reason = new Error('enough');
        const batch = dividends(symbol, [dividend('2024-01-02', '1')]);
        const signal = AbortSignal.abort(reason);
        expect(await rejectionOf(store.insertCorporateActions(batch, nextIdentity(), { signal }))).toBe(reason);
      }),
    );
  });
}
