import { describe, expect, it } from 'vitest';
import type { Measured } from '../cases/rounds.ts';
import type { RouteName } from '../routes/route.ts';
import { caseOf, ratiosOf, readCase } from './result.ts';

/** Rounds that took so many milliseconds for a thousand rows. */
const measured = (route: RouteName, walls: readonly number[], delays = walls.map(() => 1)): Measured => ({
  case: '10k',
  route,
  rows: 1000,
  costs: walls.map((wall, i) => ({ wall, cpu: 2 * wall, loopDelay: { p99: delays[i] as number, longest: 3 } })),
});

describe('caseOf', () => {
  it('gives rows per second from slowest to fastest round', () => {
    expect(caseOf(measured('service', [100, 50, 200]))).toMatchObject({
      case: '10k',
      route: 'service',
      rounds: 3,
      rowsPerSecond: { min: 5000, median: 10_000, max: 20_000 },
      milliseconds: { min: 50, median: 100, max: 200 },
      cpuMilliseconds: { median: 200 },
    });
  });

  it('gives the median of the delays and the worst one', () => {
    const { eventLoopDelay } = caseOf(measured('service', [1, 1, 1], [5, 1, 9]));
    expect(eventLoopDelay).toEqual({ p99: 5, longest: 3 });
  });
});

describe('readCase', () => {
  it('tells the 99th percentile of many reads', () => {
    const milliseconds = Array.from({ length: 101 }, (_, i) => i + 1);
    expect(readCase({ case: 'reads', route: 'latest', rows: 1, milliseconds }).milliseconds).toMatchObject({
      median: 51,
      p99: 100,
    });
  });
});

describe('ratiosOf', () => {
  const cases = [
    measured('engine', [10]),
    measured('service', [20]),
    measured('endToEnd', [40]),
    measured('naive', [600]),
    measured('sql', [30]),
    measured('unchanged', [16]),
  ].map(caseOf);

  it('divides medians so that more is better', () => {
    expect(ratiosOf(cases, '10k')).toEqual({
      toEngine: 0.5,
      endToEnd: 0.25,
      toNaive: 30,
      toSql: 1.5,
      unchangedToStored: 1.25,
    });
  });

  it('divides the fastest rounds where that is asked for', () => {
    const uneven = [measured('engine', [10, 30, 40]), measured('service', [20, 30, 80])].map(caseOf);
    expect(ratiosOf(uneven, '10k')).toEqual({ toEngine: 1 });
    expect(ratiosOf(uneven, '10k', 'max')).toEqual({ toEngine: 0.5 });
  });

  it('leaves out a ratio whose routes were not measured', () => {
    expect(ratiosOf(cases.slice(0, 2), '10k')).toEqual({ toEngine: 0.5 });
    expect(ratiosOf(cases, '200k')).toEqual({});
  });
});
