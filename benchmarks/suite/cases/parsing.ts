import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QualityProcessor } from '@quantumtrade/market-data-ingestion';
import alphavantage from 'alphavantage';
import { barInterval, makeBars } from '../../measure/bars.ts';
import { payloadOf } from '../../measure/payload.ts';
import type { Lab } from '../lab.ts';
import { collectorFromBytes } from '../subject.ts';
import type { Timed } from './timed.ts';

export interface ParsingOptions {
  readonly case: string;
  readonly bars: number;
  readonly rounds: number;
}

const symbol = 'PARSE';

/**
 * Reads one payload and stores nothing: our parser alone, our parser and processor (exact decimals, UTC, scores), the
 * `alphavantage` package (renamed keys; values stay text, times are read in the host's zone), and pandas where Python has
 * it (floats, UTC).
 *
 * @param skipped told, in words, what is not measured here and why.
 */
export async function parsing(
  { answers, engine }: Lab,
  options: ParsingOptions,
  skipped: (what: string) => void,
): Promise<Timed[]> {
  const { bars, rounds } = options;
  const payload = payloadOf(makeBars(bars));
  answers.fill(payload, [symbol]);
  const body = payload.body(symbol);
  const collector = collectorFromBytes(answers);
  const processor = new QualityProcessor({ settings: quality });
  const vendorClient = alphavantage({ key: 'a-key-of-the-benchmark' });
  const parse = async () =>
    await collector.fetchBars({ symbol, interval: barInterval, adjusted: false, outputSize: 'full' });
  const ways: readonly (readonly [route: string, work: () => Promise<number>])[] = [
    ['ours: parse', async () => (await parse()).length],
    ['ours: parse, convert, score', async () => processor.process(await parse()).accepted.length],
    [
      'JSON.parse alone',
      async () => rowsOf(JSON.parse(new TextDecoder().decode(body)), `Time Series (${barInterval})`),
    ],
    [
      'alphavantage (npm)',
      async () => rowsOf(vendorClient.util.polish(JSON.parse(new TextDecoder().decode(body))), 'data'),
    ],
  ];
  const found: Timed[] = [];
  for (const [route, work] of ways)
    found.push({ case: options.case, route, rows: bars, milliseconds: await timed(work, options) });
  const file = join(engine.scratch, 'parsing.json');
  await writeFile(file, body);
  const pandas = timedByPandas(file, rounds);
  await rm(file);
  if (pandas === undefined) skipped('pandas: there is no python3 with pandas here');
  else if (pandas.rows !== bars) throw new Error(`pandas read ${pandas.rows} rows and not ${bars}`);
  else found.push({ case: options.case, route: 'pandas', rows: bars, milliseconds: pandas.milliseconds });
  return found;
}

const quality = {
  minQualityScore: 70,
  enableValidation: true,
  maxPriceDeviationPercent: 10,
  minVolumeThreshold: 1000,
  enableDeduplication: true,
};

function rowsOf(answer: object, key: string): number {
  return Object.keys((answer as Readonly<Record<string, object>>)[key] ?? {}).length;
}

async function timed(work: () => Promise<number>, { rounds, bars }: ParsingOptions): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const began = performance.now();
    const rows = await work();
    const took = performance.now() - began;
    if (rows !== bars) throw new Error(`${rows} rows were read and not ${bars}`);
    if (round >= 0) milliseconds.push(took);
  }
  return milliseconds;
}

/** `undefined` where there is no Python, or none with pandas. */
function timedByPandas(file: string, rounds: number): { rows: number; milliseconds: number[] } | undefined {
  const program = fileURLToPath(new URL('../processes/parse_with_pandas.py', import.meta.url));
  const { status, stdout } = spawnSync('python3', [program, file, String(rounds)], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as { rows: number; milliseconds: number[] }) : undefined;
}
