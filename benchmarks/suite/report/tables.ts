import { markdownTable } from '../../measure/table.ts';
import type { StageProfile } from '../cases/profile.ts';
import { stages } from '../cases/stage-of.ts';
import { type RouteName, routeTitles } from '../routes/route.ts';
import { type Goal, goalsOf, isReached } from './goals.ts';
import type { BenchResult, CaseResult, Range } from './result.ts';

/** Everything that was measured, for people: Markdown tables under headings. */
export function resultText(result: BenchResult): string {
  const { cases, profiles, memory, skipped, machine } = result;
  const ingested = cases.filter(({ eventLoopDelay }) => eventLoopDelay !== undefined);
  const reads = cases.filter(({ milliseconds }) => milliseconds.p99 !== undefined);
  const goals = goalsOf(result);
  const parsed = cases.filter((one) => !ingested.includes(one) && !reads.includes(one));
  const parts: readonly (readonly [title: string, text: string, wanted: boolean])[] = [
    ['From a vendor to stored rows', ingestionTable(ingested), ingested.length > 0],
    ['Ratios', ratioTable(result), Object.keys(result.ratios).length > 0],
    ['Goals', goalTable(goals), goals.length > 0],
    ['Reading stored rows', readTable(reads), reads.length > 0],
    ['Reading a payload, nothing stored', parseTable(parsed), parsed.length > 0],
    ['Where the time of a collection goes', profiles.map(profileTable).join('\n\n'), profiles.length > 0],
    ['Resident memory', memory === undefined ? '' : memoryText(memory), memory !== undefined],
    ['Not measured here', skipped.map((what) => `- ${what}`).join('\n'), skipped.length > 0],
  ];
  const busy = machine.loadBefore > machine.cores / 2;
  const load = `load ${machine.loadBefore.toFixed(1)} before and ${machine.loadAfter.toFixed(1)} after`;
  return [
    ...parts.filter(([, , wanted]) => wanted).map(([title, text]) => `## ${title}\n\n${text}\n`),
    `Median (lowest to highest) of the rounds of one run. ${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${load}${busy ? ': other work took its share, so times and ratios are off' : ''}.\n`,
  ].join('\n');
}

function ingestionTable(cases: readonly CaseResult[]): string {
  return markdownTable(
    ['case', 'route', 'rows/s', 'ms', 'CPU ms', 'loop delay p99 (worst), ms', 'rounds'],
    cases.map((one) => [
      one.case,
      routeTitles[one.route as RouteName],
      spread(one.rowsPerSecond, 0),
      spread(one.milliseconds, 1),
      one.cpuMilliseconds === undefined ? '' : one.cpuMilliseconds.median.toFixed(0),
      delayText(one),
      String(one.rounds),
    ]),
  );
}

function delayText({ eventLoopDelay: delay }: CaseResult): string {
  return delay === undefined ? '' : `${delay.p99.toFixed(1)} (${delay.longest.toFixed(0)})`;
}

function ratioTable({ ratios, fastestRatios }: BenchResult): string {
  const names = ['toEngine', 'endToEnd', 'toNaive', 'toSql', 'unchangedToStored'] as const;
  const rows = (of: string, all: BenchResult['ratios']): string[][] =>
    Object.entries(all).map(([size, one]) => [`${size}, ${of}`, ...names.map((name) => String(one[name] ?? '-'))]);
  return markdownTable(['case', ...names], [...rows('medians', ratios), ...rows('fastest rounds', fastestRatios)]);
}

function goalTable(goals: readonly Goal[]): string {
  return markdownTable(
    ['figure', 'goal', 'measured', 'reached'],
    goals.map((goal) => [
      goal.what,
      `${goal.bound} ${goal.goal.toLocaleString('en-US')} ${goal.unit}`.trim(),
      `${Number(goal.measured.toPrecision(3)).toLocaleString('en-US')} ${goal.unit}`.trim(),
      isReached(goal) ? 'yes' : 'no',
    ]),
  );
}

function readTable(cases: readonly CaseResult[]): string {
  return markdownTable(
    ['case', 'read', 'ms', 'p99, ms', 'reads'],
    cases.map((one) => {
      // What is answered from memory takes microseconds.
      const digits = one.milliseconds.median < 0.1 ? 3 : 1;
      const p99 = one.milliseconds.p99?.toFixed(digits) ?? '';
      return [one.case, one.route, spread(one.milliseconds, digits), p99, String(one.rounds)];
    }),
  );
}

function parseTable(cases: readonly CaseResult[]): string {
  return markdownTable(
    ['case', 'way', 'rows/s', 'ms'],
    cases.map((one) => [one.case, one.route, spread(one.rowsPerSecond, 0), spread(one.milliseconds, 1)]),
  );
}

function profileTable({ case: name, wall, mainThread, engine }: StageProfile): string {
  const row = (what: string, time: number): string[] => [what, time.toFixed(1), `${((100 * time) / wall).toFixed(0)}%`];
  return markdownTable(
    [`${name}, ${wall.toFixed(0)} ms a collection`, 'ms', 'share'],
    [
      ...stages.map((stage) => row(`main thread: ${stage}`, mainThread[stage])),
      ...Object.entries(engine).map(([what, time]) => row(what, time)),
    ],
  );
}

function memoryText({ bars, batch, engine, service, aboveEngine }: NonNullable<BenchResult['memory']>): string {
  const mega = (bytes: number | undefined): string => `${((bytes ?? 0) / 1e6).toFixed(0)} MB`;
  const at = (use: typeof engine, share: number): string =>
    mega(use.afterBatch[Math.floor((use.afterBatch.length - 1) * share)]);
  const row = (who: string, use: typeof engine): string[] => [
    who,
    mega(use.peak),
    at(use, 0.1),
    at(use, 0.5),
    at(use, 1),
  ];
  return `${markdownTable(
    [`${bars} bars, ${batch} at a time`, 'peak', 'after a tenth', 'after half', 'at the end'],
    [row("the engine's own INSERT … SELECT", engine), row('the service, over HTTP', service)],
  )}\n\nThe service's peak is ${mega(aboveEngine)} above the engine's.`;
}

function spread({ min, median, max }: Range, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
