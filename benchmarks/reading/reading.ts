/**
 * What the versions and the lineage of bars cost a reader of current bars, and the disk, beside a plain table with the
 * same bars and neither. Alternating rounds of one run; what is read is counted and hashed. Prints tables and judges
 * nothing but that.
 *
 * Run it with `pnpm bench:reading`.
 */
import { type Cost, costOf } from '../measure/cost.ts';
import { type Engine, openEngine } from '../measure/engine.ts';
import { spread, summary } from '../measure/summary.ts';
import { printTable } from '../measure/table.ts';
import { fillTables, values } from './tables.ts';

const rounds = 15;
const warmUpRounds = 3;
const series = "symbol = 'SYMBOL4' AND interval = '1min' AND source = 'benchmark' AND adjustment = 'raw'";
const month = "open_time BETWEEN '2023-01-10 00:00:00' AND '2023-01-17 00:00:00'";

/** The statement that the store sends, with the columns of a plain table. */
const current = (condition: string): string =>
  `SELECT open_time, ${values} FROM market_data.bars WHERE ${condition}
   ORDER BY open_time, ingested_at DESC LIMIT 1 BY open_time`;
const plain = (condition: string): string =>
  `SELECT open_time, ${values} FROM market_data.plain WHERE ${condition} ORDER BY open_time`;

const engine = await openEngine();
try {
  const rows: string[][] = [];
  for (const corrections of [false, true]) {
    await fillTables(engine, corrections);
    const what = corrections ? 'every 50th bar corrected' : 'one version a bar';
    for (const [range, condition] of [
      ['50,000 bars', series],
      ['10,081 bars', `${series} AND ${month}`],
    ] as const) {
      await verify(engine, condition);
      rows.push([
        `engine: ${range}, ${what}`,
        ...(await compare(readBy(current(condition)), readBy(plain(condition)))),
      ]);
    }
    const query = { symbol: 'SYMBOL4', interval: '1min', source: 'benchmark', adjustment: 'raw' } as const;
    const ours = async (): Promise<unknown> => await engine.manager.clickhouse.getStoredBars(query);
    const theirs = async (): Promise<unknown> => await engine.rows(plain(series));
    const same = async (): Promise<unknown> => await engine.rows(current(series));
    rows.push([`objects: 50,000 bars, ${what}`, ...(await compare(same, theirs))]);
    rows.push([`objects with lineage: 50,000 bars, ${what}`, ...(await compare(ours, theirs))]);
  }
  printTable(
    ['read', 'versions, ms', 'plain, ms', 'ratio', 'CPU ratio'],
    rows,
    `Median (lowest to highest) of ${rounds} alternating rounds`,
  );
  await fillTables(engine, false);
  const [ours, theirs] = [await bytesPerBar('bars'), await bytesPerBar('plain')];
  const disk = [`${ours.toFixed(1)}`, `${theirs.toFixed(1)}`, (ours / theirs).toFixed(2)];
  process.stdout.write('\n');
  printTable(
    ['disk', 'with lineage, bytes a bar', 'plain, bytes a bar', 'ratio'],
    [['500,000 bars', ...disk]],
    'Merged',
  );
} finally {
  await engine.close();
}

function readBy(sql: string): () => Promise<unknown> {
  // The engine makes every value of the answer, and nobody has to carry it.
  return async () => await engine.command(`${sql} FORMAT Null`);
}

/** Reads make much garbage, and none of it is the next one's to collect. */
async function afterCollection(read: () => Promise<unknown>): Promise<Cost> {
  globalThis.gc?.();
  return await costOf(read);
}

async function compare(ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<string[]> {
  const costs: { readonly ours: Cost; readonly theirs: Cost }[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const first = round % 2 === 0;
    const one = await afterCollection(first ? ours : theirs);
    const other = await afterCollection(first ? theirs : ours);
    if (round >= 0) costs.push(first ? { ours: one, theirs: other } : { ours: other, theirs: one });
  }
  return [
    spread(summary(costs.map((cost) => cost.ours.wall)), 1),
    spread(summary(costs.map((cost) => cost.theirs.wall)), 1),
    spread(summary(costs.map((cost) => cost.ours.wall / cost.theirs.wall)), 2),
    spread(summary(costs.map((cost) => cost.ours.cpu / cost.theirs.cpu)), 2),
  ];
}

/** @throws Error when the two statements read different bars, or none. */
async function verify({ rows }: Engine, condition: string): Promise<void> {
  const contentOf = async (sql: string): Promise<string> => {
    const [content] = await rows<{ count: string; hash: string }>(
      `SELECT count() AS count, groupBitXor(cityHash64(open_time, session_date, toString(open), toString(high), toString(low),
         toString(close), toString(adjusted_close), toString(volume))) AS hash FROM (${sql})`,
    );
    return content?.count === '0' ? 'nothing' : JSON.stringify(content);
  };
  const [ours, theirs] = [await contentOf(current(condition)), await contentOf(plain(condition))];
  if (ours !== theirs || ours === 'nothing') throw new Error(`read ${ours} and not ${theirs}`);
}

async function bytesPerBar(table: string): Promise<number> {
  const [parts] = await engine.rows<{ bytes: string; bars: string }>(
    `SELECT sum(bytes_on_disk) AS bytes, sum(rows) AS bars FROM system.parts
     WHERE database = 'market_data' AND table = '${table}' AND active`,
  );
  return Number(parts?.bytes) / Number(parts?.bars);
}
