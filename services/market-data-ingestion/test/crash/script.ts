import { rawBars } from '@quantumtrade/core-testing';
import type { RawBars } from '@quantumtrade/shared-types';

/** What the store does while a batch is collected. */
export type StoreWeather = 'works' | 'fails' | 'applies and fails';

/** Bars of a batch that are good; one more is not. */
export const goodBars = 4;

const symbols = ['AAA', 'BBB', 'CCC'];

/** The symbol of a batch. */
export function symbolOf(batch: number): string {
  return symbols[batch % symbols.length] as string;
}

/** The day of a bar. Batches of one symbol overlap, so that most bars are corrections of earlier ones. */
export function dayOf(batch: number, bar: number): string {
  const at = Math.floor(batch / symbols.length) + bar;
  return new Date(Date.UTC(2001, 0, 1) + at * 86_400_000).toISOString().slice(0, 10);
}

/** The price of all bars of a batch: it tells which batch a stored version is of. */
export function priceOf(batch: number): string {
  return `100.${String(batch + 1).padStart(6, '0')}`;
}

/** The batch that a stored price is of. */
export function batchOfPrice(price: string): number {
  return Number((price.split('.')[1] ?? '').padEnd(6, '0')) - 1;
}

/** What the vendor answers for a batch: good bars, and one whose high is below its low. */
export function payloadOf(batch: number): RawBars {
  const price = priceOf(batch);
  const flat = { open: price, high: price, low: price, close: price, volume: '5000' };
  return rawBars({
    symbol: symbolOf(batch),
    source: 'script',
    rows: [
      ...Array.from({ length: goodBars }, (_, bar) => ({ label: dayOf(batch, bar), ...flat })),
      { label: dayOf(batch, goodBars), ...flat, high: '1', low: price },
    ],
  });
}

/** An outage of three batches in every eight, the first of which is applied all the same. */
export function weatherOf(batch: number): StoreWeather {
  const phase = batch % 8;
  if (phase === 2) return 'applies and fails';
  return phase === 3 || phase === 4 ? 'fails' : 'works';
}
