import { Presets, SingleBar } from 'cli-progress';
import type { JobOutcome } from '../collection/collect-all.ts';
import { oneLine, type Streams } from './output.ts';

/** Shows how far a collection of several series is. */
export interface Progress {
  finished(outcome: JobOutcome): void;
  /** The same of a series that ended elsewhere. */
  ended(series: EndedSeries): void;
  stop(): void;
}

/** How a series ended. */
export interface EndedSeries {
  readonly symbol: string;
  readonly interval: string;
  readonly month?: string | undefined;
  readonly source: string;
  readonly collected: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly spooled: number;
  readonly cached: number;
  readonly error: { readonly kind: string; readonly reason?: string | null | undefined } | null;
}

/** A bar on a terminal, a plain line for each finished series elsewhere. Always on standard error. */
export function createProgress(total: number, streams: Pick<Streams, 'error'>): Progress {
  const steps = createSteps('collecting', total, streams);
  return {
    finished: (outcome) => steps.done(describe(endedSeries(outcome)), 'say'),
    ended: (series) => steps.done(describe(series), 'say'),
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

function endedSeries(outcome: JobOutcome): EndedSeries {
  const { symbol, interval, month } = outcome.job;
  const job = { symbol: symbol.toUpperCase(), interval, month };
  if ('error' in outcome) return { ...job, ...nothing, error: outcome.error };
  const { source, collectedCount: collected, cachedCount: cached, ...counts } = outcome.result;
  return { ...counts, ...job, source, collected, cached, error: null };
}

const nothing = {
  source: 'none',
  collected: 0,
  stored: 0,
  unchanged: 0,
  duplicates: 0,
  quarantined: 0,
  spooled: 0,
  cached: 0,
};

/** One line about how a series ended. */
function describe({ symbol, interval, month, source, cached, error, ...counts }: EndedSeries): string {
  const name = `${oneLine(symbol)} ${interval}${month === undefined ? '' : ` ${month}`}`;
  if (source === 'cache') return `${name}: ${cached} bars from the cache, the vendor failed`;
  if (error !== null) return `${name}: failed, ${error.kind}/${error.reason ?? 'unknown'}`;
  const { collected, stored, unchanged, duplicates, quarantined, spooled } = counts;
  // Rare counts show where there are any, so that what is shown always adds up.
  const rare = Object.entries({ duplicates, quarantined, spooled }).filter(([, count]) => count > 0);
  const rest = rare.map(([what, count]) => `, ${count} ${what}`).join('');
  return `${name}: ${collected} collected, ${stored} stored, ${unchanged} unchanged${rest}`;
}
