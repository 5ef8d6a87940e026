import { routeNames, routeTitles } from '../routes/route.ts';
import { type CaseName, caseNames } from './options.ts';

const caseTitles: Readonly<Record<CaseName, string>> = {
  '10k': 'one payload of 10,000 bars, by every route',
  '200k': 'one payload of 200,000 bars, by every route',
  compact: '500 payloads of 100 bars (100 with --quick), each of a symbol of its own, all under way at once',
  'compact-250': 'the same, 250 under way at once',
  reads: 'the newest bar, and 500 bars, of one series out of a thousand',
  parse: 'reading a payload and storing nothing, beside other libraries',
  profile: 'where the time of one collection goes, stage by stage',
  memory: 'resident memory over 10 million bars (only with --long, or when named)',
};

/** What `pnpm bench --help` prints. */
export function helpText(): string {
  const list = (names: readonly string[], titles: Readonly<Record<string, string>>): string =>
    names.map((name) => `  ${name.padEnd(13)}${titles[name]}`).join('\n');
  return `Measures the way from a vendor's answer to stored rows, beside the engine's own limit. Every run is checked: a route
that stored nothing, or other rows, ends the bench with status 1. No time is judged.

  pnpm bench                        everything, in some minutes: tables, results/latest.json, results/latest.svg
  pnpm bench --quick                the same with few rounds, in under a minute: whether it works, not how fast
  pnpm bench --case 10k --only engine,service
  pnpm bench --case reads --stored 50M
  pnpm bench --scaling              curves: payload size, symbols, concurrency, rows already stored

Options
  --quick           few rounds
  --scaling         the curves in place of the cases
  --case <names>    measure only these cases, separated by commas; nothing is written
  --only <names>    measure only these routes, separated by commas; nothing is written
  --long            also the resident memory over 10 million bars
  --stored <rows>   rows that reads find in the table: 1M (the default), 10M, 50M; with --scaling the end of that curve
  --output <folder> where results are written, in place of benchmarks/results
  --docs            also put tables and chart into docs/performance.md
  -h, --help        this text

Cases
${list(caseNames, caseTitles)}

Routes
${list(routeNames, routeTitles)}

The ratios compare medians of one run: toEngine = service / engine, endToEnd = endToEnd / engine, toNaive = service / naive,
toSql = service / sql. Compare ratios, not times: other work on the machine moves the times.
`;
}
