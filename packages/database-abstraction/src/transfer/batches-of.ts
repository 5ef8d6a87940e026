import type { BarBatch, BatchIdentity, DecimalColumn } from '@quantumtrade/shared-types';
import type { FileBar } from './read-bar-file.ts';

/** A batch with the identity that its bars were first stored under. */
export interface IdentifiedBatch {
  readonly batch: BarBatch;
  readonly identity: BatchIdentity;
}

/**
 * The bars of a file as the batches that they were stored in, oldest version first, so that storing them again makes the
 * same versions. Of batches accepted in one millisecond the one that spans more comes first: a store gives a later
 * instant to what falls between bars of another batch, so it was there first.
 *
 * @throws RangeError when a batch has two bars of one open time.
 */
export function batchesOf(bars: readonly FileBar[]): IdentifiedBatch[] {
  const groups = new Map<string, FileBar[]>();
  for (const bar of bars) {
    const { symbol, interval, source, adjustment } = bar.series;
    const columns = [bar.adjustedClose === undefined, bar.volume === undefined];
    const key = JSON.stringify([
      symbol,
      interval,
      source,
      adjustment,
      bar.barLabel,
      bar.ingestedAt,
      bar.batchId,
      bar.lastRefreshed,
      columns,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [bar]);
    else group.push(bar);
  }
  return [...groups.values()]
    .map(identifiedBatch)
    .sort((a, b) => a.identity.acceptedAt - b.identity.acceptedAt || span(b.batch) - span(a.batch));
}

function identifiedBatch(bars: FileBar[]): IdentifiedBatch {
  bars.sort((a, b) => a.openTime - b.openTime);
  const [first] = bars as [FileBar];
  for (const [index, bar] of bars.entries()) {
    if (index > 0 && bar.openTime === bars[index - 1]?.openTime) {
      throw new RangeError(`${bar.series.symbol} has two bars of one batch at ${new Date(bar.openTime).toISOString()}`);
    }
  }
  return {
    identity: { batchId: first.batchId, acceptedAt: first.ingestedAt },
    batch: {
      series: first.series,
      barLabel: first.barLabel,
      length: bars.length,
      openTime: Float64Array.from(bars, (bar) => bar.openTime),
      sessionDate: Int32Array.from(bars, (bar) => bar.sessionDate),
      open: column(bars, (bar) => bar.open),
      high: column(bars, (bar) => bar.high),
      low: column(bars, (bar) => bar.low),
      close: column(bars, (bar) => bar.close),
      adjustedClose: first.adjustedClose === undefined ? undefined : column(bars, (bar) => bar.adjustedClose ?? 0n),
      volume: first.volume === undefined ? undefined : column(bars, (bar) => bar.volume ?? 0n),
      qualityScore: Uint8Array.from(bars, (bar) => bar.qualityScore),
      lastRefreshed: first.lastRefreshed === '' ? undefined : first.lastRefreshed,
      brokenRules: brokenRulesOf(bars),
    },
  };
}

function column(bars: readonly FileBar[], unitsOf: (bar: FileBar) => bigint): DecimalColumn {
  return { scale: 18, units: bars.map(unitsOf) };
}

function brokenRulesOf(bars: readonly FileBar[]): BarBatch['brokenRules'] {
  const combinations = [...new Map(bars.map(({ brokenRules }) => [brokenRules.join(' '), brokenRules])).values()];
  const position = new Map(combinations.map((rules, index) => [rules.join(' '), index]));
  return { combinations, index: Uint16Array.from(bars, ({ brokenRules }) => position.get(brokenRules.join(' ')) ?? 0) };
}

function span({ openTime, length }: BarBatch): number {
  return (openTime[length - 1] ?? 0) - (openTime[0] ?? 0);
}
