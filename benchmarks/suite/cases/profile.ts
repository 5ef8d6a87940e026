import { cpuProfileOf, timeByLabel } from '../../measure/cpu-profile.ts';
import { statementTimes } from '../../measure/statement-times.ts';
import type { Lab } from '../lab.ts';
import { serviceRoute } from '../routes/service-route.ts';
import { type Stage, stageOf, stages } from './stage-of.ts';

/** Where the time of one collection goes, from request to stored rows. All times in milliseconds, a mean of the rounds. */
export interface StageProfile {
  readonly case: string;
  readonly wall: number;
  /** What the main thread did; the sum is `wall`. */
  readonly mainThread: Readonly<Record<Stage, number>>;
  /** What the engine was asked and how long that took. It works beside the main thread, which then waits or goes on. */
  readonly engine: Readonly<Record<string, number>>;
}

export interface ProfileOptions {
  readonly case: string;
  readonly bars: number;
  readonly rounds: number;
}

/** Profiles collections over HTTP. The profiler itself takes some percent. */
export async function profileStages(lab: Lab, { case: name, bars, rounds }: ProfileOptions): Promise<StageProfile> {
  const service = await lab.overHttp(bars);
  const route = serviceRoute({ name: 'endToEnd', service, bars, concurrency: 1 });
  const mainThread = Object.fromEntries(stages.map((stage) => [stage, 0])) as Record<Stage, number>;
  const engine: Record<string, number> = { 'engine: looking up what is stored': 0, 'engine: writing the rows': 0 };
  let wall = 0;
  for (let round = -2; round < rounds; round++) {
    const symbols = [`PROFILE.${bars}.${round + 2}`];
    let took = 0;
    const work = async (): Promise<void> => {
      const began = performance.now();
      await route.run(symbols);
      took = performance.now() - began;
    };
    let statements = new Map<string, number>();
    const profile = await cpuProfileOf(async () => {
      statements = await statementTimes(lab.engine.client, work, statementLabel);
    });
    await route.settle?.(symbols);
    if (round < 0) continue;
    wall += took / rounds;
    for (const [stage, time] of timeByLabel(profile, stageOf, 'all else')) mainThread[stage] += time / rounds;
    for (const [label, time] of statements) engine[label] = (engine[label] ?? 0) + time / rounds;
  }
  await lab.engine.command('TRUNCATE TABLE market_data.bars');
  return { case: name, wall, mainThread, engine };
}

function statementLabel(sql: string): string | undefined {
  if (!/\bmarket_data\.bars\b/.test(sql)) return undefined;
  return /^\s*INSERT\b/i.test(sql) ? 'engine: writing the rows' : 'engine: looking up what is stored';
}
