/** The page `docs/metrics.md`, made from the instruments and from what Node tells of its process. */
import { createMonitoring } from '../packages/core-defaults/src/index.ts';
import type { Instrument } from '../packages/core-traits/src/index.ts';
import { instruments } from '../services/market-data-ingestion/src/index.ts';

/** Where instruments stand on the page: the first prefix of a name that fits. */
const groups: readonly (readonly [title: string, prefixes: readonly string[]])[] = [
  [
    'Collections',
    ['data_', 'raw_data_', 'duplicates_', 'average_', 'collection_', 'corporate_', 'ingestion_', 'coverage_', 'gaps_'],
  ],
  ['Vendors', ['provider_', 'alpha_vantage_', 'alpaca_']],
  ['Spool', ['spool_']],
  ['Jobs', ['backfill_']],
  ['Schedule', ['schedule_']],
  ['HTTP', ['http_']],
  ['Components, cache and errors', ['']],
];

const kinds: Readonly<Record<Instrument['kind'], string>> = {
  gauge: 'gauge',
  counter: 'counter',
  timing: 'histogram',
  distribution: 'histogram',
};

const introduction = `# Metrics

What the service measures, in the Prometheus text format: \`GET /metrics\` of \`serve\`, or \`metricsText()\` of a host's own monitoring. This page is written by \`pnpm metrics:update\` from the instruments in the sources; a test compares them.

Durations are in seconds. A label takes the values that are listed, and \`other\` for everything else: symbols, addresses and messages are in the logs. Counters begin at 0; a histogram, and a gauge that nothing was measured for, appear later. \`rate\` and \`increase\` see the first event too. The gauges of health, quota, spool, lag and the queue of jobs are brought up to date when metrics are read. Which alert watches what is in [operations](operations.md); how these names relate to those of the requirements is in [requirements](requirements.md#names-of-metrics).
`;

/** The whole page. */
export async function metricsPage(): Promise<string> {
  const left = new Set(instruments);
  const parts = groups.map(([title, prefixes]) => {
    const members = [...left].filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
    for (const member of members) left.delete(member);
    const rows = members.map(
      ({ name, kind, labels, help }) => `| \`${name}\` | ${kinds[kind]} | ${labelsText(labels)} | ${help} |`,
    );
    return rows.length === 0 ? '' : table(title, 'metric | kind | labels | meaning', rows);
  });
  const process = table(
    'The process',
    'metric | kind | meaning',
    (await processMetrics()).map(({ name, kind, help }) => `| \`${name}\` | ${kind} | ${help} |`),
  );
  return [introduction, ...parts.filter((part) => part !== ''), process].join('\n');
}

/** What is worth watching of a process and is there on every platform; prom-client measures more. */
const ofProcess: ReadonlySet<string> = new Set([
  'nodejs_eventloop_lag_max_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_gc_duration_seconds',
  'nodejs_heap_size_used_bytes',
  'nodejs_version_info',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
]);

async function processMetrics(): Promise<readonly { name: string; kind: string; help: string }[]> {
  const monitoring = createMonitoring({ service: 'page', instruments: [], level: 'silent', processMetrics: true });
  const text = await monitoring.metricsText();
  const kindOf = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, kind]) => [name, kind]));
  return [...text.matchAll(/^# HELP (\w+) (.*)$/gm)]
    .filter(([, name]) => ofProcess.has(name as string))
    .map(([, name, help]) => ({
      name: name as string,
      kind: kindOf.get(name) as string,
      help: `${(help as string).replace(/\.$/, '')}.`,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function table(title: string, columns: string, rows: readonly string[]): string {
  const dashes = columns.replaceAll(/\w+/g, '---');
  return `## ${title}\n\n| ${columns} |\n| ${dashes} |\n${rows.join('\n')}\n`;
}

function labelsText(labels: Instrument['labels']): string {
  return Object.entries(labels ?? {})
    .map(([label, values]) => `\`${label}\`: ${values.join(', ')}`)
    .join('; ');
}
