import { setImmediate as nextTurn } from 'node:timers/promises';
import { VirtualClock } from '@quantumtrade/core-testing';
import { describe, expect, it } from 'vitest';
import { GroupCommit, GroupFailed } from './group-commit.ts';

/** A group commit whose work is done by hand. */
function byHand(limits: { maxDelayMs?: number; maxRows?: number } = {}) {
  const clock = new VirtualClock();
  const groups: { readonly items: readonly string[]; readonly end: PromiseWithResolvers<readonly string[]> }[] = [];
  const commit = new GroupCommit<string, string>({
    limits: { clock, maxDelayMs: 20, maxRows: 100, ...limits },
    rowsOf: ({ length }) => length,
    together: async (items) => {
      const end = Promise.withResolvers<readonly string[]>();
      groups.push({ items, end });
      return await end.promise;
    },
  });
  return { clock, commit, groups, begun: () => groups.map(({ items }) => items.join()) };
}

/** Turns that bring nothing. */
async function silence(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await nextTurn();
}

describe('a group commit', () => {
  it('does together what comes in one turn, and together what comes while that is under way', async () => {
    const { commit, groups, begun } = byHand();
    const results = [commit.run('a'), commit.run('b')];
    await silence();
    for (const item of ['c', 'd']) results.push(commit.run(item));
    await silence();
    expect(begun()).toEqual(['a,b']);
    groups[0]?.end.resolve(['A', 'B']);
    expect(await results[1]).toBe('B');
    await silence();
    expect(begun()).toEqual(['a,b', 'c,d']);
    groups[1]?.end.resolve(['C', 'D']);
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C', 'D']);
  });

  it('does one alone in the same turn', async () => {
    const { commit, begun } = byHand();
    void commit.run('a');
    await nextTurn();
    expect(begun()).toEqual(['a']);
  });

  it('waits for more as long as they come one turn after the other, and no longer than it may', async () => {
    const { clock, commit, begun } = byHand({ maxDelayMs: 20 });
    for (const item of ['a', 'b']) void commit.run(item);
    for (const item of ['c', 'd', 'e']) {
      await nextTurn();
      void commit.run(item);
    }
    expect(begun()).toEqual([]);
    await silence();
    expect(begun()).toEqual(['a,b,c,d,e']);
    const late = byHand({ maxDelayMs: 20 });
    for (const item of ['a', 'b']) void late.commit.run(item);
    await nextTurn();
    void late.commit.run('c');
    await late.clock.advance(20);
    await nextTurn();
    expect(late.begun()).toEqual(['a,b,c']);
    expect(clock.sleepers).toBe(0);
  });

  it('lets nothing wait longer than it may', async () => {
    const { clock, commit, begun } = byHand({ maxDelayMs: 20 });
    void commit.run('a');
    await nextTurn();
    void commit.run('b');
    await clock.advance(19);
    void commit.run('c');
    expect(begun()).toEqual(['a']);
    await clock.advance(1);
    expect(begun()).toEqual(['a', 'b,c']);
  });

  it('joins nothing where nothing may wait', () => {
    const { commit, begun } = byHand({ maxDelayMs: 0 });
    for (const item of ['a', 'b']) void commit.run(item);
    expect(begun()).toEqual(['a', 'b']);
  });

  it('begins a group that has no room for the next item', () => {
    const { commit, begun } = byHand({ maxRows: 3 });
    for (const item of ['a', 'bb', 'cc', 'dddd']) void commit.run(item);
    expect(begun()).toEqual(['a,bb', 'cc']);
  });

  it('leaves out what was given up before its work began', async () => {
    const { commit, groups, begun } = byHand();
    const aborted = new AbortController();
    const first = commit.run('a');
    await nextTurn();
    const given = commit.run('b', aborted.signal);
    const last = commit.run('c');
    aborted.abort(new Error('no longer wanted'));
    groups[0]?.end.resolve(['A']);
    await first;
    await expect(given).rejects.toThrow('no longer wanted');
    await silence();
    groups[1]?.end.resolve(['C']);
    expect(await last).toBe('C');
    expect(begun()).toEqual(['a', 'c']);
  });

  it('tells a failure of its own from one that may be of another member', async () => {
    const { commit, groups } = byHand();
    const resultOf = (item: string) => commit.run(item).catch((error: unknown) => error);
    const results = [resultOf('a')];
    await nextTurn();
    results.push(resultOf('b'), resultOf('c'));
    groups[0]?.end.reject(new Error('alone'));
    expect(await results[0]).toEqual(new Error('alone'));
    await silence();
    groups[1]?.end.reject(new Error('one of them'));
    for (const result of results.slice(1)) expect(await result).toBeInstanceOf(GroupFailed);
  });
});
