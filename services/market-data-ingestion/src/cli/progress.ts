import { Presets, SingleBar } from 'cli-progress';
import type { JobOutcome } from '../collection/collect-all.ts';
import { oneLine, type Streams } from './output.ts';

/** Shows how far a collection of several series is. */
export interface Progress {
  finished(outcome: JobOutcome): void;
  stop(): void;
}

/** A bar on a terminal, a plain line for each finished series elsewhere. Always on standard error. */
export function createProgress(total: number, streams: Pick<Streams, 'error'>): Progress {
  const steps = createSteps('collecting', total, streams);
  return {
    finished: (outcome) => steps.done(describeOutcome(outcome), 'say'),
    stop: () => steps.stop(),
  };
}

/** Shows how far a piece of work of several steps is. */
export interface Steps {
  /** One step is over. Where there is no terminal, only what is to be said becomes a line. */
  done(what: string, line?: 'say'): void;
  stop(): void;
}

/** A bar on a terminal, plain lines elsewhere. Always on standard error. */
export function createSteps(verb: string, total: number, { error: stream }: Pick<Streams, 'error'>): Steps {
  if (stream.isTTY !== true) {
    let done = 0;
    return {
      done: (what, line) => {
        done += 1;
        if (line === 'say') stream.write(`${done}/${total} ${what}\n`);
      },
      stop: () => {},
    };
  }
  const bar = new SingleBar(
    {
      stream,
      format: `${verb} {bar} {value}/{total}  {last}`,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { last: '' });
  return { done: (what) => bar.increment(1, { last: what }), stop: () => bar.stop() };
}

/** One line about how a job ended. */
function describeOutcome(outcome: JobOutcome): string {
  const { symbol, interval, month } = outcome.job;
  const name = `${oneLine(symbol.toUpperCase())} ${interval}${month === undefined ? '' : ` ${month}`}`;
  if ('error' in outcome) return `${name}: failed, ${outcome.error.kind}/${outcome.error.reason ?? 'unknown'}`;
  const { result } = outcome;
  if (result.source === 'cache') return `${name}: ${result.cachedCount} bars from the cache, the vendor failed`;
  const { collectedCount, stored, unchanged, duplicates, quarantined, spooled } = result;
  // Rare counts show where there are any, so that what is shown always adds up.
  const rare = Object.entries({ duplicates, quarantined, spooled }).filter(([, count]) => count > 0);
  const counts = rare.map(([what, count]) => `, ${count} ${what}`).join('');
  return `${name}: ${collectedCount} collected, ${stored} stored, ${unchanged} unchanged${counts}`;
}
