import { hashText, unit } from './hash.ts';

/** What sets one symbol apart under one seed: its price level, its usual volume and its own random streams. */
export interface Listing {
  /** The middle of its price path, 10 to 500. */
  readonly basePrice: number;
  /** Its usual shares a day, 2 to 40 million. */
  readonly baseVolume: number;
  readonly streams: {
    readonly level: number;
    readonly range: number;
    readonly wiggle: number;
    readonly volume: number;
    readonly dividend: number;
  };
}

/** The listing of a symbol. Letter case does not matter. */
export function createListing(seed: string, symbol: string): Listing {
  const stream = (purpose: string): number => hashText(`${seed}\n${symbol.toUpperCase()}\n${purpose}`);
  const base = stream('base');
  return {
    basePrice: 10 * 50 ** unit(base, 0),
    baseVolume: 2_000_000 * 20 ** unit(base, 1),
    streams: {
      level: stream('level'),
      range: stream('range'),
      wiggle: stream('wiggle'),
      volume: stream('volume'),
      dividend: stream('dividend'),
    },
  };
}
