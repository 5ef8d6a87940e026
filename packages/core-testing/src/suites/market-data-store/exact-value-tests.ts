import { isServiceError } from '@quantumtrade/core-traits';
import type { MarketDataStore } from '@quantumtrade/shared-types';
import { type BarBatchRow, barBatch } from '../../market-data/bar-batch-builder.ts';
import { rejectionOf, type SuiteFactory, type TestFunctions, withSubject } from '../suite.ts';
import { freshSeries, nextIdentity } from './fresh.ts';

const fields = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const;
type Values = Readonly<Record<(typeof fields)[number], string>>;

/** Exactness: what goes in comes out, digit by digit. */
export function exactValueTests({ describe, it, expect }: TestFunctions, factory: SuiteFactory<MarketDataStore>): void {
  const comesBack = (values: Values): (() => Promise<void>) =>
    withSubject(factory, async (store) => {
      const series = freshSeries();
      const rows: readonly BarBatchRow[] = [{ openTime: '2024-01-02T05:00:00Z', ...values }];
      expect(await store.insertMarketData(barBatch({ ...series, rows }), nextIdentity())).toEqual({
        stored: 1,
        unchanged: 0,
      });
      const [stored] = await store.getStoredBars(series);
      const [rich] = await store.getMarketData(series);
      for (const field of fields) {
        expect(stored?.[field], field).toBe(values[field]);
        expect(rich?.[field]?.toFixed(), field).toBe(values[field]);
      }
      const again = await store.insertMarketData(barBatch({ ...series, rows }), nextIdentity());
      expect(again).toEqual({ stored: 0, unchanged: 1 });
    });

  describe('exact values', () => {
    it(
      'keeps prices of 14 decimals and volumes of 10^18',
      comesBack({
        open: '298.85821743109733',
        high: '301.40999999999999',
        low: '0.00000000000001',
        close: '300.10000000000001',
        adjustedClose: '297.12345678901234',
        volume: '1000000000000000001',
      }),
    );

    it(
      'keeps values that only bigint units hold',
      comesBack({
        open: '98765432109876543.123456789012345678',
        high: '99999999999999999.999999999999999999',
        low: '0.000000000000000001',
        close: '98765432109876543.123456789012345679',
        adjustedClose: '9007199254740993',
        volume: '9007199254740993.5',
      }),
    );

    it(
      'keeps negative and zero prices and fractional volumes',
      comesBack({
        open: '0',
        high: '10.5',
        low: '-40.32',
        close: '-37.63',
        adjustedClose: '-0.01',
        volume: '0.00012345',
      }),
    );

    it(
      'keeps a wide and a narrow column of one batch, each row its own',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const volumes = ['1', '1000000000000000000', '9007199254740993'];
        const rows = volumes.map((volume, i) => ({ openTime: Date.UTC(2024, 0, 2 + i), close: `${i}.5`, volume }));
        await store.insertMarketData(barBatch({ ...series, rows }), nextIdentity());
        const bars = await store.getStoredBars(series);
        expect(bars.map(({ close, volume }) => [close, volume])).toEqual(
          volumes.map((volume, i) => [`${i}.5`, volume]),
        );
      }),
    );

    it(
      'gives null for an absent adjusted close and an absent volume',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const rows = [{ openTime: '2024-01-02T05:00:00Z', close: '1.0925' }];
        await store.insertMarketData(barBatch({ ...series, rows }), nextIdentity());
        const [stored] = await store.getStoredBars(series);
        expect([stored?.adjustedClose, stored?.volume]).toEqual([null, null]);
        const [rich] = await store.getMarketData(series);
        expect([rich?.adjustedClose.toFixed(), rich?.volume]).toEqual(['1.0925', undefined]);
      }),
    );

    it(
      'keeps bars from long before the Unix epoch to far after, to the millisecond',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const openTimes = ['1962-01-02T05:00:00.000Z', '1999-12-31T23:59:59.999Z', '2099-06-30T04:00:00.001Z'];
        const rows = openTimes.map((openTime) => ({ openTime, close: '1' }));
        await store.insertMarketData(barBatch({ ...series, rows }), nextIdentity());
        const bars = await store.getStoredBars(series);
        expect(bars.map(({ openTime }) => new Date(openTime).toISOString())).toEqual(openTimes);
        expect(bars.map(({ sessionDate }) => sessionDate)).toEqual(openTimes.map((text) => text.slice(0, 10)));
      }),
    );

    it(
      'keeps a value of any size and an instant of any time exactly, or refuses the whole batch and says why',
      withSubject(factory, async (store) => {
        const row = { openTime: '2024-01-02T05:00:00Z', sessionDate: '2024-01-02', close: '1' };
        const adjustedClose = '1';
        const volume = '1';
        const unusual: readonly BarBatchRow[] = [
          ...['open', 'high', 'low', 'close'].flatMap((field) => [
            { ...row, [field]: `1${'0'.repeat(20)}` },
            { ...row, [field]: `-1${'0'.repeat(20)}` },
          ]),
          { ...row, adjustedClose: `${'9'.repeat(40)}.5`, volume },
          { ...row, adjustedClose, volume: `1${'0'.repeat(20)}` },
          { ...row, adjustedClose, volume: '340282366920938463463374607431768211457' },
          { ...row, openTime: '1899-12-31T23:59:59.999Z' },
          { ...row, openTime: Date.UTC(2300, 0, 1) },
          { ...row, openTime: Date.UTC(2024, 0, 2) + 0.5 },
          { ...row, sessionDate: '1899-12-31' },
          { ...row, sessionDate: '2300-01-01' },
        ];
        for (const odd of unusual) {
          const series = freshSeries();
          const said = JSON.stringify(odd);
          const plain = {
            ...row,
            openTime: Date.UTC(2024, 0, 1),
            adjustedClose: odd.adjustedClose,
            volume: odd.volume,
          };
          const rows = [plain as BarBatchRow, odd].sort((a, b) => instantOf(a) - instantOf(b));
          const error = await rejectionOf(store.insertMarketData(barBatch({ ...series, rows }), nextIdentity()));
          const bars = await store.getStoredBars(series);
          if (error !== undefined) {
            expect(isServiceError(error) && [error.kind, error.reason, error.retryable], said).toEqual([
              'database',
              'valueNotStorable',
              false,
            ]);
            expect(bars, said).toEqual([]);
            continue;
          }
          const kept = bars.find(({ openTime }) => openTime === instantOf(odd));
          for (const field of fields) expect(kept?.[field] ?? undefined, said).toBe(expectedOf(odd, field));
          expect(kept?.sessionDate, said).toBe(odd.sessionDate);
        }
      }),
    );

    it(
      'takes dates of thirty years in one batch',
      withSubject(factory, async (store) => {
        const series = { ...freshSeries(), interval: 'weekly' } as const;
        const week = 7 * 86_400_000;
        const rows = Array.from({ length: 1600 }, (_, i) => ({
          openTime: Date.UTC(1994, 0, 7) + i * week,
          close: '1',
        }));
        expect(await store.insertMarketData(barBatch({ ...series, rows }), nextIdentity())).toEqual({
          stored: 1600,
          unchanged: 0,
        });
        const bars = await store.getStoredBars(series);
        expect(bars.map(({ openTime }) => openTime)).toEqual(rows.map(({ openTime }) => openTime));
      }),
    );

    it(
      'takes 25,000 bars in one batch and gives back every one',
      withSubject(factory, async (store) => {
        const series = { ...freshSeries(), interval: '1min' } as const;
        const rows = Array.from({ length: 25_000 }, (_, i) => ({
          openTime: Date.UTC(2024, 0, 2) + i * 60_000,
          close: `${100 + i}.${String(i % 99).padStart(2, '0')}5`,
          volume: `${i * 1000}`,
        }));
        const batch = barBatch({ ...series, rows });
        expect(await store.insertMarketData(batch, nextIdentity())).toEqual({ stored: 25_000, unchanged: 0 });
        const bars = await store.getStoredBars(series);
        expect(bars.length).toBe(25_000);
        const wrong = rows.findIndex((row, i) => {
          const bar = bars[i];
          return bar?.openTime !== row.openTime || bar.close !== row.close || bar.volume !== row.volume;
        });
        expect(wrong, 'first row that came back changed').toBe(-1);
        expect(await store.insertMarketData(batch, nextIdentity())).toEqual({ stored: 0, unchanged: 25_000 });
      }),
    );
  });
}

function instantOf({ openTime }: BarBatchRow): number {
  return typeof openTime === 'number' ? openTime : Date.parse(openTime);
}

function expectedOf(row: BarBatchRow, field: (typeof fields)[number]): string | undefined {
  return field === 'adjustedClose' || field === 'volume' ? row[field] : (row[field] ?? row.close);
}
