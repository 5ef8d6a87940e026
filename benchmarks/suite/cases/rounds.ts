import { type Cost, costOf } from '../../measure/cost.ts';
import type { Sql } from '../../measure/engine.ts';
import { mergesOver } from '../../measure/merges.ts';
import type { Route, RouteName } from '../routes/route.ts';
import { type Content, verifyStored } from '../verify.ts';

/** A route and how it takes part. */
export interface Entrant {
  readonly route: Route;
  /** Measured rounds; a slow route may have fewer than the others. */
  readonly rounds: number;
  readonly warmUp: number;
  /** Where it stores. */
  readonly sql: Sql;
  /** Runs when the others have ended, because its garbage would be collected at their expense. @default false */
  readonly apart?: boolean | undefined;
}

/** The measurements of one route in one case. */
export interface Measured {
  readonly case: string;
  readonly route: RouteName;
  /** Rows of one round. */
  readonly rows: number;
  readonly costs: readonly Cost[];
}

export interface RoundsOptions {
  readonly case: string;
  readonly entrants: readonly Entrant[];
  /** Symbols of one round. */
  readonly symbols: number;
  /** What must be stored of each of them. */
  readonly expected: Content;
  /** Milliseconds after which no round begins any more; each route has one at least. @default Infinity */
  readonly budgetMs?: number | undefined;
  /** Leaves what the rounds stored, and what was there before. @default false */
  readonly keepRows?: boolean | undefined;
}

/**
 * Runs the routes in turns, so that what the machine does meanwhile meets them all alike; who begins changes from round to
 * round. None begins before the merges are over that earlier rows brought about, those of its own preparation too. After each
 * run the rows are counted and hashed.
 *
 * @throws Error when a route stored nothing, or something else.
 */
export async function runRounds(options: RoundsOptions): Promise<Measured[]> {
  const { entrants } = options;
  const costs = new Map<Entrant, Cost[]>(entrants.map((entrant) => [entrant, []]));
  for (const apart of [false, true]) {
    await takeTurns(
      entrants.filter((entrant) => (entrant.apart ?? false) === apart),
      options,
      costs,
    );
  }
  for (const { route } of entrants) await route.close?.();
  return [...costs].map(([{ route }, measured]) => ({
    case: options.case,
    route: route.name,
    rows: options.symbols * options.expected.rows,
    costs: measured,
  }));
}

async function takeTurns(
  entrants: readonly Entrant[],
  { case: name, symbols, expected, budgetMs = Number.POSITIVE_INFINITY, keepRows = false }: RoundsOptions,
  costs: ReadonlyMap<Entrant, Cost[]>,
): Promise<void> {
  const first = -Math.max(0, ...entrants.map(({ warmUp }) => warmUp));
  const last = Math.max(0, ...entrants.map(({ rounds }) => rounds));
  const stores = new Set(entrants.map(({ sql }) => sql));
  const began = performance.now();
  for (let round = first; round < last; round++) {
    // On a busy machine there are fewer rounds, and not a run without end.
    if (round > 0 && performance.now() - began > budgetMs) break;
    const taking = entrants.filter(({ rounds, warmUp }) => round >= -warmUp && round < rounds);
    for (const entrant of rotated(taking, round - first)) {
      const chosen = symbolsOf(entrant.route.name, round - first, symbols);
      await entrant.route.prepare?.(chosen);
      for (const sql of stores) await mergesOver(sql);
      const cost = await measureOnce(entrant, chosen, expected, name);
      if (round >= 0) costs.get(entrant)?.push(cost);
    }
    if (keepRows) continue;
    // Every round begins with an empty table.
    for (const sql of stores) await sql.command('TRUNCATE TABLE market_data.bars');
  }
}

async function measureOnce({ route, sql }: Entrant, symbols: readonly string[], expected: Content, name: string) {
  const cost = await costOf(() => route.run(symbols));
  await route.settle?.(symbols);
  await verifyStored(sql, `${route.name}, case ${name},`, symbols, expected);
  return cost;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const from = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}

let used = 0;

/** Symbols that no other run has, of one length. */
function symbolsOf(route: RouteName, round: number, count: number): string[] {
  used += 1;
  const part = (at: number): string => String(at).padStart(4, '0');
  return Array.from(
    { length: count },
    (_, i) => `${route.slice(0, 3).toUpperCase()}.${part(used)}.${part(round)}.${part(i)}`,
  );
}
