import type { Lab } from '../lab.ts';
import type { RouteName } from '../routes/route.ts';
import { type Effort, ingestion } from './ingestion.ts';
import { fillStored } from './reads.ts';
import type { Measured } from './rounds.ts';

/** One point of a curve. */
export interface ScalingPoint extends Measured {
  /** What grows along the curve. */
  readonly curve: 'payload size' | 'symbols' | 'concurrency' | 'stored rows';
  readonly at: number;
}

const payloadSizes = [100, 1000, 5000, 10_000, 50_000, 200_000];
const symbolCounts = [1, 10, 50, 100, 500];
const concurrencies = [1, 5, 20, 50, 100, 250, 500];
const compactBars = 100;
const manySymbols = 500;
/** Enough for those that are slow because few are under way. */
const someSymbols = 200;
const widest = 50;
const budgetMs = 8000;
const few: Effort = { rounds: 3, warmUp: 1 };

/**
 * What a row costs as payloads, symbols, concurrency and the rows already stored grow.
 *
 * @param stored the most rows that are stored beforehand.
 * @param said told of each curve that begins.
 */
export async function scaling(lab: Lab, stored: number, said: (what: string) => void): Promise<ScalingPoint[]> {
  const points: ScalingPoint[] = [];
  const measure = async (
    curve: ScalingPoint['curve'],
    at: number,
    load: {
      readonly bars: number;
      readonly symbols: number;
      readonly concurrency: number;
      readonly keepRows?: boolean;
    },
    routes: readonly RouteName[],
    effort: Effort,
  ): Promise<void> => {
    const measured = await ingestion(
      lab,
      { name: `${curve}_${at}`.replaceAll(' ', '_'), budgetMs, ...load },
      routes.map((name) => ({ name, ...effort })),
    );
    points.push(...measured.map((one) => ({ ...one, curve, at })));
  };

  said('payload size: one payload of 100 to 200,000 bars');
  for (const bars of payloadSizes) {
    const effort = { rounds: bars > 20_000 ? 5 : 9, warmUp: 2 };
    await measure(
      'payload size',
      bars,
      { bars, symbols: 1, concurrency: 1 },
      ['engine', 'service', 'endToEnd'],
      effort,
    );
  }
  said(`symbols: 1 to 500 payloads of ${compactBars} bars, ${widest} at once`);
  for (const symbols of symbolCounts) {
    const load = { bars: compactBars, symbols, concurrency: widest };
    await measure('symbols', symbols, load, ['service', 'endToEnd'], few);
  }
  said(`concurrency: payloads of ${compactBars} bars, 1 to ${concurrencies.at(-1)} at once`);
  for (const concurrency of concurrencies) {
    const symbols = concurrency > widest ? manySymbols : someSymbols;
    const load = { bars: compactBars, symbols, concurrency };
    await measure('concurrency', concurrency, load, ['service', 'endToEnd', 'server'], few);
  }
  for (const rows of [0, 1_000_000, 10_000_000, 50_000_000].filter((count) => count <= stored)) {
    said(`stored rows: one payload of 10,000 bars over ${rows}`);
    await fillStored(lab.engine, rows);
    const load = { bars: 10_000, symbols: 1, concurrency: 1, keepRows: true };
    await measure('stored rows', rows, load, ['engine', 'service', 'unchanged'], { rounds: 7, warmUp: 1 });
  }
  await lab.engine.command('TRUNCATE TABLE market_data.bars');
  return points;
}
