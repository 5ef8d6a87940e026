import type { BenchResult, Ratios } from './result.ts';

/** One figure beside what is wanted of it. */
export interface Goal {
  readonly what: string;
  readonly goal: number;
  readonly measured: number;
  readonly unit: string;
  /** Whether the goal is the least or the most that is wanted. */
  readonly bound: 'at least' | 'below';
}

interface WantedGoal extends Omit<Goal, 'measured'> {
  readonly measured: number | undefined;
}

/** The goals whose figures a run has. Nothing is judged by them: other work on the machine moves the figures. */
export function goalsOf(result: BenchResult): Goal[] {
  const find = (name: string, route: string) =>
    result.cases.find((one) => one.case === name && one.route.startsWith(route));
  const ratio = (name: string, key: keyof Ratios, goal: number): WantedGoal => ({
    ...{ what: `${key}, ${name}`, goal, measured: result.ratios[name]?.[key], unit: '', bound: 'at least' },
  });
  const speed = (route: string, goal: number, name = 'compact'): WantedGoal => ({
    what: `${route}, ${name} payloads`,
    ...{ goal, measured: find(name, route)?.rowsPerSecond.median, unit: 'rows/s', bound: 'at least' },
  });
  const delay = (name: string): WantedGoal => ({
    what: `event-loop delay p99, service, ${name}`,
    ...{ goal: 20, measured: find(name, 'service')?.eventLoopDelay?.p99, unit: 'ms', bound: 'below' },
  });
  const read = (goal: number, isAsked: (route: string) => boolean): WantedGoal => {
    const found = result.cases.find((one) => isAsked(one.route) && one.milliseconds.p99 !== undefined);
    return {
      what: `p99 of ${found?.route}, ${found?.case}`,
      ...{ goal, measured: found?.milliseconds.p99, unit: 'ms', bound: 'below' },
    };
  };
  const memory = result.memory === undefined ? undefined : result.memory.aboveEngine / 1e6;
  const all: readonly WantedGoal[] = [
    ratio('10k', 'toEngine', 0.35),
    ratio('200k', 'toEngine', 0.5),
    ratio('10k', 'toNaive', 20),
    ratio('10k', 'toSql', 1.5),
    ratio('200k', 'toSql', 1.5),
    ratio('10k', 'unchangedToStored', 1),
    ratio('200k', 'unchangedToStored', 1),
    speed('endToEnd', 80_000),
    speed('service', 250_000),
    speed('endToEnd', 80_000, 'compact-250'),
    speed('service', 250_000, 'compact-250'),
    delay('10k'),
    delay('200k'),
    { what: "memory above the engine's own", goal: 200, measured: memory, unit: 'MB', bound: 'below' },
    read(10, (route) => route === 'latest of one series, first time'),
    read(10, (route) => route === 'latest of one series, again'),
    read(30, (route) => route.endsWith(' bars of one series')),
  ];
  return all.flatMap((goal) => (goal.measured === undefined ? [] : [{ ...goal, measured: goal.measured }]));
}

/** Whether the measured figure is where the goal wants it. */
export function isReached({ goal, measured, bound }: Goal): boolean {
  return bound === 'at least' ? measured >= goal : measured < goal;
}
