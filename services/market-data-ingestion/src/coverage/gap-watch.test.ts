import { barBatch, FakeCollector, InMemoryMarketDataStore, rawBars } from '@quantumtrade/core-testing';
import type { BarBatch, CollectionResult } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { type ServiceWithDoubles, startedService } from '../../test/service/service-with-doubles.ts';
import type { CollectionOptions } from '../collection/collection-request.ts';

const symbol = 'IBM';

function minutes(times: readonly string[]): BarBatch {
  return barBatch({ symbol, interval: '5min', rows: times.map((time) => ({ openTime: `${time}:00Z`, close: '10' })) });
}

/** A service whose vendor has each of these answers in turn, collected with the options beside it. */
async function collect(
  ...answers: readonly (readonly [BarBatch, (CollectionOptions | undefined)?])[]
): Promise<{ readonly results: CollectionResult[]; readonly doubles: ServiceWithDoubles }> {
  let next = minutes([]);
  const doubles = await startedService({
    collector: new FakeCollector({ answers: () => rawBars({ rows: [{ label: 'any', close: '1' }] }) }),
    processor: {
      process: () => ({ collected: next.length, accepted: next, duplicates: 0, quarantined: [], qualityScore: 100 }),
    },
  });
  const results: CollectionResult[] = [];
  for (const [batch, options] of answers) {
    next = batch;
    results.push(await doubles.service.collectSymbolData(symbol, batch.series.interval, options));
  }
  return { results, doubles };
}

describe('a collection of compact data', () => {
  const friday = minutes(['2024-01-05T20:50', '2024-01-05T20:55']);
  const gap = (from: string, to: string): object => ({ code: 'gap', from: Date.parse(from), to: Date.parse(to) });

  it('warns of the expected bars between what was stored and what it reached back to', async () => {
    const { results, doubles } = await collect([friday], [minutes(['2024-01-09T14:35'])]);
    expect(results[0]?.warnings).toEqual([]);
    expect(results[1]?.warnings).toMatchObject([gap('2024-01-08T14:30Z', '2024-01-09T14:30Z')]);
    expect(results[1]?.warnings[0]?.message).toMatch(
      /^79 bars from 2024-01-08T14:30:00.000Z to 2024-01-09T14:30:00.000Z /,
    );
    expect(doubles.monitoring.counter('gaps_found_total', { interval: '5min' })).toBe(1);
  });

  it('of days warns of the days between', async () => {
    const days = (...dates: string[]): BarBatch =>
      barBatch({ symbol, rows: dates.map((date) => ({ openTime: `${date}T05:00:00Z`, close: '10' })) });
    const { results } = await collect([days('2024-01-04', '2024-01-05')], [days('2024-01-10')], [days('2024-01-11')]);
    expect(results.map(({ warnings }) => warnings)).toMatchObject([
      [],
      [gap('2024-01-08T05:00Z', '2024-01-09T05:00Z')],
      [],
    ]);
  });

  it.each<[string, BarBatch, CollectionOptions?]>([
    ['it goes on where the stored bars end', minutes(['2024-01-08T14:30', '2024-01-08T14:35'])],
    ['it shares a bar with what is stored', minutes(['2024-01-05T20:55', '2024-01-09T14:35'])],
    ['a month was asked for', minutes(['2024-01-09T14:35']), { month: '2024-01' }],
    ['all was asked for', minutes(['2024-01-09T14:35']), { outputSize: 'full' }],
    ['it has no bar', minutes([])],
  ])('does not warn where %s', async (_, batch, options) => {
    const { results } = await collect([friday], [batch, options]);
    expect(results[1]?.warnings).toEqual([]);
  });

  it('succeeds although nobody can say what it missed, and logs that', async () => {
    const early = barBatch({ symbol, rows: [{ openTime: '1980-01-02T05:00:00Z', close: '10' }] });
    const later = barBatch({ symbol, rows: [{ openTime: '1980-02-04T05:00:00Z', close: '10' }] });
    const { results, doubles } = await collect([early], [later]);
    expect(results[1]).toMatchObject({ stored: 1, warnings: [] });
    expect(doubles.monitoring.logs('warn')).toMatchObject([{ context: { symbol, reason: 'outsideCalendar' } }]);
  });
});

describe('the service', () => {
  it('counts a collection that has just ended, however slowly its record is stored', async () => {
    const store = new InMemoryMarketDataStore();
    const insert = store.insertCollection.bind(store);
    store.insertCollection = async (record) => {
      await new Promise((resolve) => setImmediate(resolve));
      await insert(record);
    };
    const accepted = minutes(['2024-01-05T14:30', '2024-01-05T20:55']);
    const { service, clock } = await startedService({
      store,
      processor: {
        process: () => ({ collected: 2, accepted, duplicates: 0, quarantined: [], qualityScore: 100 }),
      },
    });
    await clock.advance(40 * 86_400_000);
    await service.collectSymbolData(symbol, '5min');
    const query = { symbols: [symbol], interval: '5min', from: '2024-01-05', to: '2024-01-05' } as const;
    expect(await service.coverage(query)).toMatchObject([{ state: 'present', present: 2, absentConfirmed: 76 }]);
  });

  it('tells what is complete of its own source, and what its gaps cost', async () => {
    const { doubles } = await collect([minutes(['2024-01-05T20:55'])]);
    await doubles.clock.advance(40 * 86_400_000);
    const query = { symbols: [symbol], interval: '5min', from: '2024-01-05', to: '2024-01-05' } as const;
    expect(await doubles.service.coverage(query)).toMatchObject([{ source: 'fake', state: 'pending', present: 1 }]);
    expect(await doubles.service.gaps(query)).toMatchObject([
      { missing: 77, calls: 1, requests: [{ month: '2024-01' }] },
    ]);
    expect(await doubles.service.coverage({ ...query, source: 'other' })).toMatchObject([{ present: 0 }]);
  });
});
