import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseExposition, type Sample, samplesOf } from './exposition.ts';
import { parseQuery } from './promql.ts';
import { alerts, deployed, filledIn, panels } from './queries.ts';
import { metricsOfDaemon } from './running-service.ts';

const root = new URL('../../../../', import.meta.url);
const target = { job: 'market-data', instance: 'test:8080' };
/** What Prometheus makes itself of every target. */
const ofPrometheus: Sample = { metric: 'up', labels: target, value: 1 };

const queries = [
  ...alerts().map(({ alert, expr }) => ({ name: `alert ${alert}`, expr })),
  ...panels().flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({ name: `panel ${title}, ${refId}`, expr: filledIn(expr) })),
  ),
];

describe('the queries of deploy, on a running daemon', { timeout: 60_000 }, () => {
  let samples: readonly Sample[] = [];
  beforeAll(async () => {
    samples = [ofPrometheus, ...parseExposition(await metricsOfDaemon(), target)];
  }, 60_000);

  it.each(queries)('$name is PromQL, reads what is there and groups by labels that are there', ({ expr }) => {
    const { faults, selectors, groupedBy } = parseQuery(expr);
    expect(faults).toEqual([]);
    expect(selectors.length).toBeGreaterThan(0);
    const read = selectors.map((selector) => samplesOf(selector, samples));
    const unmatched = selectors.filter((_, index) => read[index]?.length === 0);
    expect(unmatched).toEqual([]);
    for (const label of groupedBy) {
      for (const found of read) expect(Object.keys(found[0]?.labels ?? {}), label).toContain(label);
    }
  });

  it('reads a misspelt metric, label or value nowhere', () => {
    const wrong = ['provider_error_total', 'provider_errors_total{reason="outage"}', 'spool_entries{job="other"}'];
    for (const expr of wrong) {
      const [selector] = parseQuery(expr).selectors;
      expect(selector && samplesOf(selector, samples), expr).toEqual([]);
    }
    expect(parseQuery('sum by (job (rate(spool_entries[5m])').faults).not.toEqual([]);
  });

  it('have the counts of the collections behind them', () => {
    const valuesOf = (expr: string): number[] =>
      parseQuery(expr).selectors.flatMap((selector) => samplesOf(selector, samples).map(({ value }) => value));
    expect(valuesOf('data_collection_attempts_total{interval="daily"}')).toEqual([2]);
    expect(valuesOf('data_collection_failures_total{interval="daily", kind="externalApi"}')).toEqual([1]);
    expect(valuesOf('provider_errors_total{provider="alpha_vantage", endpoint="bars", code="unknownRequest"}')).toEqual(
      [1],
    );
    expect(valuesOf('data_quality_score_count{interval="daily"}')).toEqual([100]);
    expect(valuesOf('provider_quota_used{window="dailyQuota"}')).toEqual([2]);
    expect(valuesOf('component_health{component="clickhouse"}')).toEqual([1]);
    expect(valuesOf('data_collection_failures_total{interval="1min", kind="database"}')).toEqual([0]);
    expect(valuesOf('schedule_runs_total{task="maintenance", outcome="succeeded"}')).toEqual([1]);
    expect(valuesOf('schedule_runs_total{task="daily", outcome="failed"}')).toEqual([0]);
  });
});

describe('the alerts', () => {
  it.each(alerts())('$alert has a severity, says what happened, and links a page that says what to do', (alert) => {
    expect(['critical', 'warning']).toContain(alert.labels.severity);
    expect(alert.annotations.summary.length).toBeGreaterThan(10);
    expect(alert.annotations.runbook).toMatch(/^docs\/failures\/[\w-]+\.md$/);
    expect(existsSync(new URL(alert.annotations.runbook, root))).toBe(true);
  });

  it('have names of their own, and are named by the pages they link', () => {
    const names = alerts().map(({ alert }) => alert);
    expect(names).toEqual([...new Set(names)]);
    for (const { alert, annotations } of alerts()) {
      expect(readFileSync(new URL(annotations.runbook, root), 'utf8'), annotations.runbook).toContain(`\`${alert}\``);
    }
  });
});

describe('the pages about failures', () => {
  const folder = new URL('docs/failures/', root);
  const pages = readdirSync(folder).filter((page) => page !== 'README.md');
  const textOf = (page: string): string => readFileSync(new URL(page, folder), 'utf8');

  it.each(pages)('%s is in the index and says what is seen, what it means and what to do', (page) => {
    expect(textOf('README.md')).toContain(`(${page})`);
    expect(textOf(page)).toMatch(/\| (what is )?seen \||\| message \|/);
    expect(textOf(page)).toContain('what to do');
  });

  it('name alerts that are there, and link to what is there', () => {
    const names = new Set(alerts().map(({ alert }) => alert));
    for (const page of ['README.md', ...pages]) {
      for (const [, name] of textOf(page).matchAll(/`(MarketData[A-Z]\w+)`/g)) expect([...names]).toContain(name);
      for (const [, link] of textOf(page).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        expect(existsSync(new URL(link as string, folder)), `${page}: ${link}`).toBe(true);
      }
    }
  });
});

describe('the dashboard', () => {
  it('has panels with ids of their own that do not overlap', () => {
    const all = panels();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const [index, a] of all.entries()) {
      for (const b of all.slice(index + 1)) {
        const [p, q] = [a.gridPos, b.gridPos];
        const apart = p.x + p.w <= q.x || q.x + q.w <= p.x || p.y + p.h <= q.y || q.y + q.h <= p.y;
        expect(apart, `${a.title} and ${b.title}`).toBe(true);
      }
      expect(a.gridPos.x + a.gridPos.w).toBeLessThanOrEqual(24);
    }
  });

  it('asks the data source that its reader chooses', () => {
    const [own, ...sources] = [...deployed('grafana/dashboards/market-data.json').matchAll(/"uid": "([^"]+)"/g)]
      .map(([, uid]) => uid)
      .toSorted((a, b) => Number(b === 'market-data') - Number(a === 'market-data'));
    expect(own).toBe('market-data');
    expect(sources.filter((uid) => !/^\$\{datasource\}$/.test(uid ?? ''))).toEqual([]);
  });
});
