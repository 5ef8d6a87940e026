import { Presets, SingleBar } from 'cli-progress';
import type { JobOutcome } from '../collection/collect-all.ts';
import { oneLine, type Streams } from './output.ts';

/** Shows how far a collection of several series is. */
export interface Progress {
  finished(outcome: JobOutcome): void;
  stop(): void;
}

/** A bar on a terminal, a plain line for each finished series elsewhere. Always on standard error. */
export function createProgress(total: number, { error: stream }: Pick<Streams, 'error'>): Progress {
  if (stream.isTTY !== true) {
    let done = 0;
    return {
      finished: (outcome) => {
        done += 1;
        stream.write(`${done}/${total} ${describeOutcome(outcome)}\n`);
      },
      stop: () => {},
    };
  }
  const bar = new SingleBar(
    {
      stream,
      format: 'collecting {bar} {value}/{total}  {last}',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { last: '' });
  return { finished: (outcome) => bar.increment(1, { last: describeOutcome(outcome) }), stop: () => bar.stop() };
}

/** One line about how a job ended. */
function describeOutcome(outcome: JobOutcome): string {
  const { symbol, interval, month } = outcome.job;
  const name = `${oneLine(symbol.toUpperCase())} ${interval}${month === undefined ? '' : ` ${month}`}`;
  if ('error' in outcome) return `${name}: failed, ${outcome.error.kind}/${outcome.error.reason ?? 'unknown'}`;
  const { result } = outcome;
  if (result.source === 'cache') return `${name}: ${result.cachedCount} bars from the cache, the vendor failed`;
  return `${name}: ${result.collectedCount} collected, ${result.stored} stored, ${result.unchanged} unchanged`;
}
