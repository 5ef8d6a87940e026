import type { Effort, Load } from './cases/ingestion.ts';
import type { RouteName } from './routes/route.ts';

/** How much is measured. */
export interface Plan {
  readonly loads: readonly PlannedLoad[];
  readonly reads: number;
  readonly parsing: readonly { readonly case: string; readonly bars: number; readonly rounds: number }[];
  readonly profile: readonly { readonly case: string; readonly bars: number; readonly rounds: number }[];
  /** Over which resident memory is watched. */
  readonly memory: { readonly bars: number; readonly batch: number };
}

interface PlannedLoad extends Load {
  readonly routes: Readonly<Partial<Record<RouteName, Effort>>>;
}

const memory = { bars: 10_000_000, batch: 200_000 };
const budgetMs = 90_000;
const one = { symbols: 1, concurrency: 1, budgetMs };
const [small, large] = [
  { name: '10k', bars: 10_000, ...one },
  { name: '200k', bars: 200_000, ...one },
] as const;
const compact = { name: 'compact', bars: 100, concurrency: 500, budgetMs } as const;
const compactHalf = { ...compact, name: 'compact-250', concurrency: 250 } as const;

const compactEffort = { rounds: 11, warmUp: 3 };

/** Rounds that settle a median; the slow routes have fewer. */
export const fullPlan: Plan = {
  loads: [
    { ...small, routes: every({ rounds: 15, warmUp: 3 }, { rounds: 5, warmUp: 1 }) },
    { ...large, routes: every({ rounds: 7, warmUp: 2 }, { rounds: 3, warmUp: 0 }) },
    // The server takes ten times as long as the others.
    { ...compact, symbols: 500, routes: { ...ours(compactEffort), server: { rounds: 3, warmUp: 1 } } },
    { ...compactHalf, symbols: 500, routes: { service: compactEffort, endToEnd: compactEffort } },
  ],
  reads: 500,
  parsing: [
    { case: 'parse 10k', bars: 10_000, rounds: 21 },
    { case: 'parse 200k', bars: 200_000, rounds: 7 },
  ],
  profile: [
    { case: 'profile 10k', bars: 10_000, rounds: 15 },
    { case: 'profile 200k', bars: 200_000, rounds: 5 },
  ],
  memory,
};

/** Every case and every route, as seldom as a ratio allows. */
export const quickPlan: Plan = {
  loads: [
    { ...small, routes: every({ rounds: 2, warmUp: 1 }, { rounds: 1, warmUp: 0 }) },
    { ...large, routes: every({ rounds: 1, warmUp: 0 }, { rounds: 1, warmUp: 0 }) },
    { ...compact, symbols: 100, routes: ours({ rounds: 1, warmUp: 0 }) },
  ],
  reads: 20,
  parsing: [{ case: 'parse 10k', bars: 10_000, rounds: 2 }],
  profile: [{ case: 'profile 10k', bars: 10_000, rounds: 1 }],
  memory,
};

function every(effort: Effort, naive: Effort): PlannedLoad['routes'] {
  return { ...ours(effort), unchanged: effort, sql: effort, naive };
}

function ours(effort: Effort): PlannedLoad['routes'] {
  return { engine: effort, service: effort, endToEnd: effort, server: effort };
}
