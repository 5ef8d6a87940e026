import { describe, expect, it } from 'vitest';
import { type Goal, goalsOf, isReached } from './goals.ts';
import type { BenchResult, CaseResult } from './result.ts';

const range = (median: number) => ({ min: median, median, max: median });
const one = (name: string, route: string, more: Partial<CaseResult> = {}): CaseResult => ({
  ...{ case: name, route, rows: 1, rounds: 1, rowsPerSecond: range(1000), milliseconds: range(1), ...more },
});
const result = (cases: readonly CaseResult[], ratios: BenchResult['ratios'] = {}): BenchResult => ({
  measuredAt: '2026-11-21T00:00:00.000Z',
  mode: 'full',
  machine: { node: '26', processor: 'P', cores: 2, loadBefore: 0, loadAfter: 0 },
  ...{ cases, ratios, fastestRatios: {}, profiles: [], skipped: [] },
});

describe('goalsOf', () => {
  it('names only what was measured', () => {
    expect(goalsOf(result([]))).toEqual([]);
    expect(goalsOf(result([], { '10k': { toEngine: 0.4 } }))).toEqual([
      { what: 'toEngine, 10k', goal: 0.35, measured: 0.4, unit: '', bound: 'at least' },
    ]);
  });

  it('takes the speed of compact payloads, the delay of the service and the slowest reads', () => {
    const goals = goalsOf(
      result([
        one('compact', 'service'),
        one('200k', 'service', { eventLoopDelay: { p99: 7, longest: 9 } }),
        one('reads over 1.00 M rows', 'latest of one series, first time', { milliseconds: { ...range(1), p99: 4 } }),
        one('reads over 1.00 M rows', 'latest of one series, again', { milliseconds: { ...range(1), p99: 0.1 } }),
        one('reads over 1.00 M rows', '500 bars of one series', { milliseconds: { ...range(1), p99: 5 } }),
      ]),
    );
    expect(goals.map(({ what, measured }) => [what, measured])).toEqual([
      ['service, compact payloads', 1000],
      ['event-loop delay p99, service, 200k', 7],
      ['p99 of latest of one series, first time, reads over 1.00 M rows', 4],
      ['p99 of latest of one series, again, reads over 1.00 M rows', 0.1],
      ['p99 of 500 bars of one series, reads over 1.00 M rows', 5],
    ]);
  });
});

describe('isReached', () => {
  const goal = (bound: Goal['bound'], measured: number): Goal => ({ what: '', goal: 20, measured, unit: '', bound });

  it('is so from the least on, and under the most', () => {
    expect(isReached(goal('at least', 20))).toBe(true);
    expect(isReached(goal('at least', 19.9))).toBe(false);
    expect(isReached(goal('below', 19.9))).toBe(true);
    expect(isReached(goal('below', 20))).toBe(false);
  });
});
