import type { RouteName } from '../routes/route.ts';
import { barChart } from './chart.ts';
import type { BenchResult } from './result.ts';

const titles: Readonly<Record<string, string>> = {
  '10k': 'One payload of 10,000 bars',
  '200k': 'One payload of 200,000 bars',
  compact: 'Many payloads of 100 bars, each of a symbol of its own',
};

/** The routes that store something, in the order of the chart. */
const labels: Readonly<Partial<Record<RouteName, string>>> = {
  engine: "the engine's own limit",
  service: 'service, from response bytes',
  endToEnd: 'service, vendor over HTTP',
  server: 'service, store over HTTP',
  sql: 'ClickHouse alone (JSONExtract)',
  naive: 'as usually written (luxon, decimal.js)',
};

/** The ingestion of a run as a chart. */
export function resultChart({ cases, machine, measuredAt }: BenchResult): string {
  const panels = Object.entries(titles).map(([name, title]) => ({
    title,
    bars: Object.entries(labels).flatMap(([route, label]) => {
      const speed = cases.find((one) => one.case === name && one.route === route)?.rowsPerSecond;
      if (speed === undefined) return [];
      return [{ label, value: speed.median, from: speed.min, to: speed.max, accent: route === 'service' }];
    }),
  }));
  const { cores, processor, loadBefore } = machine;
  const note = `Median and range; ${measuredAt.slice(0, 10)}, ${cores} cores (${processor}), load ${loadBefore.toFixed(1)} before the run.`;
  return barChart(
    'Rows stored in a second',
    panels.filter(({ bars }) => bars.length > 0),
    note,
  );
}
