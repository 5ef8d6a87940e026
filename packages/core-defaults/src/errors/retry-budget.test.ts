import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

const limits = { ratio: 0.2, minRetriesPerMinute: 10 };

function budgetAt(start = 0) {
  let now = start;
  const budget = new RetryBudget({ clock: { monotonic: () => now } });
  /** Asks for retries until one is refused, and counts those granted. */
  const spend = (most = 10_000, allowed = limits): number => {
    let granted = 0;
    while (granted < most && budget.allows(allowed)) {
      budget.countRetry();
      granted++;
    }
    return granted;
  };
  const request = (times: number): void => {
    for (let time = 0; time < times; time++) budget.countRequest();
  };
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { budget, spend, request, pass };
}

describe('a retry budget', () => {
  it('allows the minimum where nothing else is known', () => {
    expect(budgetAt().spend()).toBe(10);
  });

  it('allows a share of the requests of the last minute on top', () => {
    const { spend, request } = budgetAt();
    request(100);
    expect(spend()).toBe(30);
    request(4);
    expect(spend()).toBe(0);
    request(1);
    expect(spend()).toBe(1);
  });

  it.each([0, 1, 4_999, 123_456_789])('forgets requests and retries after a minute (clock at %d)', (start) => {
    const { spend, request, pass } = budgetAt(start);
    request(100);
    expect(spend()).toBe(30);
    pass(54_999);
    expect(spend()).toBe(0);
    pass(5_001);
    expect(spend()).toBe(10);
    pass(10 * 60_000);
    expect(spend()).toBe(10);
  });

  it('never allows more than the minimum in any minute, however the retries are spread', () => {
    const { budget, pass } = budgetAt(17);
    const granted: number[] = [];
    for (let second = 0; second < 600; second++) {
      if (budget.allows({ ratio: 0, minRetriesPerMinute: 10 })) {
        budget.countRetry();
        granted.push(second);
      }
      pass(1_000);
    }
    const perMinute = granted.map((from) => granted.filter((at) => at >= from && at < from + 55).length);
    expect(Math.max(...perMinute)).toBe(10);
    expect(granted.length).toBeGreaterThan(90);
  });

  it('allows nothing where both are zero, and asking spends nothing', () => {
    const { budget, spend, request } = budgetAt();
    request(5);
    expect(spend(10, { ratio: 0, minRetriesPerMinute: 0 })).toBe(0);
    for (let time = 0; time < 50; time++) budget.allows(limits);
    expect(spend()).toBe(11);
  });

  it('bears a clock that is asked rarely, or starts below zero', () => {
    const { spend, pass } = budgetAt(-1e9);
    expect(spend()).toBe(10);
    pass(1e12);
    expect(spend()).toBe(10);
  });
});
