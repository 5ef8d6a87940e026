/**
 * What a batch of 10,000 bars costs from the vendor's response bytes in memory to stored rows (parse, convert, score,
 * encode, version check, write), beside the engine's own `INSERT … SELECT` of the same rows out of memory into the same
 * kind of table. Alternating rounds of one run; each round's rows are counted and hashed. Prints a table and judges
 * nothing but that.
 *
 * Run it with `pnpm bench:ingest`.
 */
import { makeBars } from '../measure/bars.ts';
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
  const times: { readonly ours: number; readonly bare: number }[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const symbol = `ROUND${round + warmUpRounds}`;
    await bare.prepare(symbol);
    await ours.prepare(symbol);
    const order: readonly Route[] = round % 2 === 0 ? [ours, bare] : [bare, ours];
    const took = new Map<Route, number>();
    for (const route of order) took.set(route, await millisecondsOf(() => route.run(symbol)));
    for (const route of order) await verify(engine, route, symbol);
    if (round >= 0) times.push({ ours: took.get(ours) as number, bare: took.get(bare) as number });
  }
  const row = (name: string, milliseconds: readonly number[]): string[] => [
    name,
    spread(summary(milliseconds), 1),
    ((barCount / summary(milliseconds).median) * 1000).toFixed(0),
  ];
  printTable(
    ['route, 10,000 bars', 'ms', 'rows/s'],
    [
      row(
        ours.name,
        times.map((time) => time.ours),
      ),
      row(
        bare.name,
        times.map((time) => time.bare),
      ),
      ['ratio', spread(summary(times.map((time) => time.ours / time.bare)), 2), ''],
    ],
    `Median (lowest to highest) of ${rounds} alternating rounds, the rows of each counted and hashed`,
  );
} finally {
  await engine.close();
}

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  globalThis.gc?.();
  const began = performance.now();
  await work();
  return performance.now() - began;
}
