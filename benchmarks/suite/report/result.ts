import { quantile, summary } from '../../measure/summary.ts';
import type { MemoryUse } from '../cases/memory.ts';
import type { StageProfile } from '../cases/profile.ts';
import type { Measured } from '../cases/rounds.ts';
import type { Timed } from '../cases/timed.ts';

/** A figure over the rounds. */
export interface Range {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** One way, in one case. */
export interface CaseResult {
  readonly case: string;
  readonly route: string;
  /** Rows of one round. */
  readonly rows: number;
  readonly rounds: number;
  readonly rowsPerSecond: Range;
  readonly milliseconds: Range & { readonly p99?: number | undefined };
  /** Of all threads of the process, where it was measured. */
  readonly cpuMilliseconds?: Range | undefined;
  /** How late timers came: the median of the rounds' 99th percentiles, and the worst of all. */
  readonly eventLoopDelay?: { readonly p99: number; readonly longest: number } | undefined;
}

/** The service beside other ways, at one size. A ratio whose routes were not measured is left out. */
export interface Ratios {
  readonly toEngine?: number;
  readonly endToEnd?: number;
  readonly toNaive?: number;
  readonly toSql?: number;
  /** Collecting the same data again beside storing it. */
  readonly unchangedToStored?: number;
}

/** What was measured, as it is written to `latest.json`. */
export interface BenchResult {
  readonly measuredAt: string;
  readonly mode: 'full' | 'quick';
  readonly machine: Machine;
  readonly cases: readonly CaseResult[];
  /** Of the medians. */
  readonly ratios: Readonly<Record<string, Ratios>>;
  /** Of the fastest rounds: what other work on the machine moves least. */
  readonly fastestRatios: Readonly<Record<string, Ratios>>;
  readonly profiles: readonly StageProfile[];
  readonly memory?: MemoryUse | undefined;
  /** What was not measured here, and why. */
  readonly skipped: readonly string[];
}

interface Machine {
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  /** Runnable processes, the mean of a minute: more than `cores` means that others took their share. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Rounds of a route. */
export function caseOf({ case: name, route, rows, costs }: Measured): CaseResult {
  return {
    ...timedCase({ case: name, route, rows, milliseconds: costs.map(({ wall }) => wall) }),
    cpuMilliseconds: rangeOf(costs.map(({ cpu }) => cpu)),
    eventLoopDelay: {
      p99: rounded(
        quantile(
          costs.map(({ loopDelay }) => loopDelay.p99),
          0.5,
        ),
      ),
      longest: rounded(Math.max(...costs.map(({ loopDelay }) => loopDelay.longest))),
    },
  };
}

/** Repetitions of something that was only timed. */
export function timedCase({ case: name, route, rows, milliseconds }: Timed): CaseResult {
  return {
    case: name,
    route,
    rows,
    rounds: milliseconds.length,
    rowsPerSecond: rangeOf(milliseconds.map((time) => (rows / time) * 1000)),
    milliseconds: rangeOf(milliseconds),
  };
}

/** Many short reads, whose 99th percentile matters. */
export function readCase(reads: Timed): CaseResult {
  const result = timedCase(reads);
  return { ...result, milliseconds: { ...result.milliseconds, p99: rounded(quantile(reads.milliseconds, 0.99)) } };
}

/** The ratios of one case: of the medians of its rounds, or of the fastest ones. */
export function ratiosOf(cases: readonly CaseResult[], name: string, of: 'median' | 'max' = 'median'): Ratios {
  const speed = (route: string): number | undefined =>
    cases.find((result) => result.case === name && result.route === route)?.rowsPerSecond[of];
  const ratio = (key: keyof Ratios, route: string, other: string): Ratios => {
    const [one, two] = [speed(route), speed(other)];
    return one === undefined || two === undefined ? {} : { [key]: Number((one / two).toPrecision(3)) };
  };
  return {
    ...ratio('toEngine', 'service', 'engine'),
    ...ratio('endToEnd', 'endToEnd', 'engine'),
    ...ratio('toNaive', 'service', 'naive'),
    ...ratio('toSql', 'service', 'sql'),
    ...ratio('unchangedToStored', 'unchanged', 'service'),
  };
}

function rangeOf(values: readonly number[]): Range {
  const { lowest, median, highest } = summary(values);
  return { min: rounded(lowest), median: rounded(median), max: rounded(highest) };
}

/** Enough digits for anything that is read or divided. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
