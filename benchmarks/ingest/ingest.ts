/**
 * What a batch of 10,000 bars costs from the vendor's response bytes in memory to stored rows (parse, convert, score,
 * encode, version check, write), beside the engine's own `INSERT … SELECT` of the same rows out of memory into the same
 * kind of table. Alternating rounds of one run; each round's rows are counted and hashed. Prints a table and judges
 * nothing but that.
 *
 * Run it with `pnpm bench:ingest`.
 */
import { makeBars } from '../measure/bars.ts';
import { type Cost, costOf } from '../measure/cost.ts';
import { openEngine } from '../measure/engine.ts';
import { spread, summary } from '../measure/summary.ts';
import { printTable } from '../measure/table.ts';
import { engineRoute, ourRoute, type Route } from './routes.ts';
import { verify } from './verify.ts';

const barCount = 10_000;
const rounds = 15;
const warmUpRounds = 3;

const engine = await openEngine();
try {
  const bars = makeBars(barCount);
  const bare = await engineRoute(engine, bars);
  const ours = ourRoute(engine, bars);
  const costs: { readonly ours: Cost; readonly bare: Cost }[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const symbol = `ROUND${round + warmUpRounds}`;
    await bare.prepare(symbol);
    await ours.prepare(symbol);
    const order: readonly Route[] = round % 2 === 0 ? [ours, bare] : [bare, ours];
    const took = new Map<Route, Cost>();
    for (const route of order) took.set(route, await costOf(() => route.run(symbol)));
    for (const route of order) await verify(engine, route, symbol);
    if (round >= 0) costs.push({ ours: took.get(ours) as Cost, bare: took.get(bare) as Cost });
  }
  const row = (name: string, costs: readonly Cost[]): string[] => {
    const wall = summary(costs.map((cost) => cost.wall));
    const cpu = summary(costs.map((cost) => cost.cpu));
    return [name, spread(wall, 1), spread(cpu, 1), ((barCount / wall.median) * 1000).toFixed(0)];
  };
  const ratioOf = (what: keyof Cost): string =>
    spread(summary(costs.map((round) => round.ours[what] / round.bare[what])), 2);
  printTable(
    ['route, 10,000 bars', 'ms', 'CPU ms', 'rows/s'],
    [
      row(
        ours.name,
        costs.map((round) => round.ours),
      ),
      row(
        bare.name,
        costs.map((round) => round.bare),
      ),
      ['ratio', ratioOf('wall'), ratioOf('cpu'), ''],
    ],
    `Median (lowest to highest) of ${rounds} alternating rounds, the rows of each counted and hashed`,
  );
} finally {
  await engine.close();
}
