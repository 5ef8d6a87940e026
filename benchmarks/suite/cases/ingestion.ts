import { makeBars } from '../../measure/bars.ts';
import { type Payload, payloadOf } from '../../measure/payload.ts';
import type { Lab } from '../lab.ts';
import { engineRoute } from '../routes/engine-route.ts';
import { naiveRoute } from '../routes/naive-route.ts';
import type { Route, RouteName } from '../routes/route.ts';
import { serviceRoute } from '../routes/service-route.ts';
import { sqlRoute } from '../routes/sql-route.ts';
import { expectedContent } from '../verify.ts';
import { type Entrant, type Measured, runRounds } from './rounds.ts';

/** What is ingested in one round. */
export interface Load {
  /** The name of the case, such as `10k`. */
  readonly name: string;
  /** Bars of each payload. */
  readonly bars: number;
  /** Payloads of one round, each of a symbol of its own. */
  readonly symbols: number;
  /** Collections under way at once. */
  readonly concurrency: number;
  /** Milliseconds after which no round begins any more. */
  readonly budgetMs?: number | undefined;
  /** Leaves what is stored between the rounds. @default false */
  readonly keepRows?: boolean | undefined;
}

/** How often a route is measured, and how often it runs before that. */
export interface Effort {
  readonly rounds: number;
  readonly warmUp: number;
}

/** Measures the ways that a load can take to stored rows. */
export async function ingestion(
  lab: Lab,
  load: Load,
  routes: readonly (Effort & { readonly name: RouteName })[],
): Promise<Measured[]> {
  const made = makeBars(load.bars);
  const payload = payloadOf(made);
  const entrants: Entrant[] = [];
  for (const { name, rounds, warmUp } of routes) {
    const sql = name === 'server' ? (await lab.server()).sql : lab.engine;
    const route =
      name === 'engine' ? await engineRoute(lab.engine, made, load.name) : await routeOf(lab, load, name, payload);
    entrants.push({ route, rounds, warmUp, sql, apart: name === 'naive' });
  }
  const { name, symbols, budgetMs, keepRows } = load;
  return await runRounds({ case: name, entrants, symbols, expected: expectedContent(made), budgetMs, keepRows });
}

async function routeOf(
  lab: Lab,
  { bars, concurrency }: Load,
  name: Exclude<RouteName, 'engine'>,
  payload: Payload,
): Promise<Route> {
  const common = { name, bars, concurrency };
  const answers = (symbols: readonly string[]): void => lab.answers.fill(payload, symbols);
  switch (name) {
    case 'service':
      return serviceRoute({ ...common, service: await lab.fromBytes(), answers });
    case 'unchanged':
      return serviceRoute({ ...common, service: await lab.fromBytes(), answers, storedBefore: true });
    case 'endToEnd':
      return serviceRoute({ ...common, service: await lab.overHttp(bars) });
    case 'server':
      return serviceRoute({ ...common, service: (await lab.server()).fromBytes, answers });
    case 'sql':
      return sqlRoute(lab.engine, payload);
    case 'naive':
      return naiveRoute(lab.engine.client, payload);
  }
}
