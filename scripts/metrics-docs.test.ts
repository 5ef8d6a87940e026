import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instruments } from '../services/market-data-ingestion/src/index.ts';
import { metricsPage } from './metrics-page.ts';

describe('docs/metrics.md', () => {
  it('is what the instruments say: run `pnpm metrics:update` after a change', async () => {
    const page = readFileSync(new URL('../docs/metrics.md', import.meta.url), 'utf8');
    expect(page).toBe(await metricsPage());
  });

  it('names every instrument once', async () => {
    const names = [...(await metricsPage()).matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(40);
    expect(names).toEqual([...new Set(names)]);
    for (const { name } of instruments) expect(names).toContain(name);
  });
});

describe('the instruments', () => {
  it('have names of Prometheus, with a unit or a total', () => {
    for (const { name, kind } of instruments) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*[a-z]$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      if (kind === 'timing') expect(name).toMatch(/_seconds$/);
    }
  });
});
