import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ModelBatch, ReferenceModel, Weather } from './reference-model.ts';
import type { SystemUnderTest } from './system.ts';

type Command = fc.AsyncCommand<ReferenceModel, SystemUnderTest>;

const symbols = ['A', 'B'];

/** Does the same to the model and to the system, and compares what both say. */
function command(name: string, run: (model: ReferenceModel, system: SystemUnderTest) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

async function keep(model: ReferenceModel, system: SystemUnderTest, batch: ModelBatch): Promise<void> {
  const outcome = await system.keep(batch);
  expect(outcome).toEqual(model.keep(batch));
}

async function collect(
  model: ReferenceModel,
  system: SystemUnderTest,
  symbol: string,
  closes: ReadonlyMap<number, string>,
  rejects: boolean,
): Promise<void> {
  model.now += 1000;
  const rejected = rejects ? `${symbol}-${model.now}` : undefined;
  const batch = { batchId: randomUUID(), acceptedAt: model.now, symbol, closes, rejected };
  model.collected.push(batch);
  await keep(model, system, batch);
}

async function compare(model: ReferenceModel, system: SystemUnderTest, instant: number): Promise<void> {
  for (const symbol of symbols) {
    const bars = (await system.asOf(symbol, instant)).map((bar) => [
      bar.openTime / 86_400_000,
      { close: bar.close, at: bar.ingestedAt, batchId: bar.batchId },
    ]);
    const newest = [...model.asOf(symbol, instant)];
    expect(bars).toEqual(newest);
  }
  expect(await system.waiting()).toBe(model.waiting.length);
}

/** Ends every run: the store works again, what waits is replayed, and everything is as the model says. */
export async function settle(model: ReferenceModel, system: SystemUnderTest): Promise<void> {
  model.weather = 'works';
  system.weather = 'works';
  await system.replay();
  model.replay();
  await compare(model, system, Number.MAX_SAFE_INTEGER);
  expect(await system.waiting()).toBe(0);
  for (const symbol of symbols) {
    const rejected = [...model.rejected].filter((label) => label.startsWith(symbol));
    expect((await system.rejected(symbol)).toSorted()).toEqual(rejected.toSorted());
  }
}

const symbol = fc.constantFrom(...symbols);
// Few days and prices, so that the same comes again and bars change back.
const closes = fc
  .dictionary(fc.constantFrom('0', '1', '2', '3'), fc.constantFrom('10', '10.5', '11'), { minKeys: 1 })
  .map((days) => new Map(Object.entries(days).map(([day, close]) => [Number(day), close])));

const weather = (next: Weather): Command =>
  command(`the store ${next}`, async (model, system) => {
    model.weather = next;
    system.weather = next;
  });

/** What can happen to the storage, in any order. */
export const commands: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    fc
      .tuple(symbol, closes, fc.boolean())
      .map(([of, bars, rejects]) =>
        command(`insert ${of} ${JSON.stringify([...bars])}`, (model, system) =>
          collect(model, system, of, bars, rejects),
        ),
      ),
    fc.tuple(symbol, fc.constantFrom('10', '11.25')).map(([of, close]) =>
      command(`correct ${of} to ${close}`, async (model, system) => {
        const days = [...model.asOf(of, Number.POSITIVE_INFINITY).keys()];
        if (days.length > 0) await collect(model, system, of, new Map(days.map((day) => [day, close])), false);
      }),
    ),
    fc.nat({ max: 9 }).map((back) =>
      command(`repeat the batch ${back} before the last`, async (model, system) => {
        const batch = model.collected.at(-1 - back);
        if (batch === undefined) return;
        const newer = model.collected.slice(-1 - back).some(({ symbol: of }, i) => i > 0 && of === batch.symbol);
        if (!newer || system.knowsOldBatches) await keep(model, system, batch);
      }),
    ),
    fc.constantFrom(weather('works'), weather('fails before'), weather('fails after')),
    fc.constant(command('crash', (_, system) => system.crash())),
    fc.boolean().map((crash) =>
      command(crash ? 'replay and crash' : 'replay', async (model, system) => {
        await system.replay(crash);
        model.replay(crash);
      }),
    ),
    fc.constant(command('query', (model, system) => compare(model, system, Number.POSITIVE_INFINITY))),
    fc
      .nat({ max: 12 })
      .map((batches) =>
        command(`query as of ${batches * 1000}`, (model, system) => compare(model, system, batches * 1000)),
      ),
  ],
  { maxCommands: 25 },
);
