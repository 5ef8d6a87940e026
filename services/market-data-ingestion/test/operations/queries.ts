import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const deploy = new URL('../../../../deploy/', import.meta.url);

/** One alert, as `deploy/prometheus/alerts.yaml` has it. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

/** One panel of the dashboard. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

/** A file of `deploy`. */
export function deployed(file: string): string {
  return readFileSync(new URL(file, deploy), 'utf8');
}

/** Every alert. */
export function alerts(): readonly Alert[] {
  const { groups } = parse(deployed('prometheus/alerts.yaml')) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Every panel of the dashboard. */
export function panels(): readonly Panel[] {
  return (JSON.parse(deployed('grafana/dashboards/market-data.json')) as { panels: Panel[] }).panels;
}

/** A query of the dashboard with its variables filled in, as Grafana does it. */
export function filledIn(query: string): string {
  return query.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'market-data');
}
