import type { ConfigurationProblem } from './problem.ts';

/** A value together with the place it came from. */
export interface LayerValue {
  readonly value: unknown;
  /** Where the value stands, in words: `file market.toml`, `environment MARKET_DATA_REDIS__URL`, `override`. */
  readonly layer: string;
}

/** One source of settings, read: what it sets by full dotted path, and what is wrong with it. */
export interface Layer {
  readonly values: ReadonlyMap<string, LayerValue>;
  readonly problems: readonly ConfigurationProblem[];
  /** Files that the layer was read from, also those that could not be read. */
  readonly files?: readonly string[] | undefined;
}

/** Lays layers over each other; later ones win. */
export function mergeLayers(layers: readonly Layer[]): ReadonlyMap<string, LayerValue> {
  return new Map(layers.flatMap((layer) => [...layer.values]));
}
