import { describe, expect, it } from 'vitest';
import type { BenchResult } from './result.ts';
import { resultChart } from './result-chart.ts';
import { resultText } from './tables.ts';

const machine = { node: '26.10.0', processor: 'P', cores: 2, loadBefore: 0.5, loadAfter: 1 };
const range = (median: number) => ({ min: median - 1, median, max: median + 1 });
const result: BenchResult = {
  measuredAt: '2026-11-21T00:00:00.000Z',
  mode: 'full',
  machine,
  cases: [
    {
      ...{ case: '10k', route: 'service', rows: 10_000, rounds: 3 },
      ...{ rowsPerSecond: range(400_000), milliseconds: range(25) },
      ...{ cpuMilliseconds: range(30), eventLoopDelay: { p99: 4.2, longest: 9 } },
    },
  ],
  ratios: { '10k': { toEngine: 0.41 } },
  fastestRatios: { '10k': { toEngine: 0.43 } },
  profiles: [],
  skipped: [],
};

describe('resultText', () => {
  it('has a table for what was measured, and none for what was not', () => {
    const text = resultText(result);
    expect(text).toMatch(/the service, from response bytes in memory .*400000 \(399999 to 400001\).* 4\.2 \(9\)/);
    expect(text).toMatch(/10k, medians +\| +0\.41/);
    expect(text).toMatch(/10k, fastest rounds +\| +0\.43/);
    expect(text).toMatch(/toEngine, 10k +\| at least 0\.35 \| 0\.41 +\| yes/);
    for (const title of ['Reading stored rows', 'Resident memory', 'Not measured here']) {
      expect(text).not.toContain(title);
    }
  });

  it('says what was not measured, and when other work took its share', () => {
    const text = resultText({ ...result, skipped: ['pandas'], machine: { ...machine, loadBefore: 5 } });
    expect(text).toContain('- pandas');
    expect(text).toContain('other work took its share');
    expect(resultText(result)).not.toContain('other work');
  });
});

describe('resultChart', () => {
  it('draws the cases that were measured', () => {
    const svg = resultChart(result);
    expect(svg).toContain('One payload of 10,000 bars');
    expect(svg).toContain('400 k');
    expect(svg).not.toContain('200,000');
  });
});
