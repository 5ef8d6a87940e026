/**
 * How long the ledger of completeness takes to judge every session of some ten million stored bars, and of one symbol
 * among them. Prints a table and judges nothing.
 *
 * Run it with `pnpm bench:coverage`.
 */
import { systemClock } from '@quantumtrade/core-defaults';
import { CoverageLedger } from '@quantumtrade/market-data-ingestion';
import { type Cost, costOf } from '../measure/cost.ts';
import { openEngine } from '../measure/engine.ts';
import { spread, summary } from '../measure/summary.ts';
import { printTable } from '../measure/table.ts';
import { filled, fillStore } from './fill.ts';

const rounds = 5;
const day = 86_400_000;
const engine = await openEngine();
try {
  await fillStore(engine);
  const ledger = new CoverageLedger({
    reader: engine.manager.coverage,
    clock: systemClock,
    settings: {
      ...{ maxPendingMs: 7 * day, refusedAfter: 3, settleMs: day, delistedAfterMs: 30 * day },
      ...{ extendedHours: false, exchanges: new Map() },
    },
  });
  const query = { interval: '1min', source: 'benchmark', from: filled.from, to: filled.to } as const;
  const rows: string[][] = [];
  for (const symbols of [undefined, ['SYMBOL1']]) {
    const costs: Cost[] = [];
    let states = '';
    for (let round = -1; round < rounds; round++) {
      const cost = await costOf(async () => {
        const judged = await ledger.coverage({ ...query, symbols });
        const counts = Map.groupBy(judged, ({ state }) => state);
        states = [...counts].map(([state, list]) => `${list.length} ${state}`).join(', ');
      });
      if (round >= 0) costs.push(cost);
    }
    const figures = [costs.map(({ wall }) => wall), costs.map(({ cpu }) => cpu)].map((of) => spread(summary(of), 0));
    rows.push([symbols === undefined ? 'every symbol' : 'one symbol', states, ...figures]);
  }
  const [stored] = await engine.rows<{ bars: string }>('SELECT count() AS bars FROM market_data.bars');
  printTable(
    ['asked for', 'sessions', 'ms', 'CPU, ms'],
    rows,
    `Median (lowest to highest) of ${rounds} rounds over ${stored?.bars} stored bars`,
  );
} finally {
  await engine.close();
}
