import { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionResult } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { createLogStream } from '../../src/cli/log-stream.ts';
import { createProgress } from '../../src/cli/progress.ts';
import type { JobOutcome } from '../../src/collection/collect-all.ts';
import { capture } from './capture.ts';

const result: CollectionResult = {
  symbol: 'IBM',
  interval: 'daily',
  source: 'alpha_vantage',
  collectedCount: 100,
  processedCount: 100,
  cachedCount: 0,
  stored: 97,
  unchanged: 3,
  duplicates: 0,
  quarantined: 0,
  spooled: 0,
  collectionTime: 0,
  processingDurationMs: 1,
  batchId: 'batch',
  qualityScore: 100,
  warnings: [],
};
const finished: JobOutcome = { job: { symbol: 'IBM', interval: 'daily' }, durationMs: 1, result };
const fromCache: JobOutcome = { ...finished, result: { ...result, source: 'cache', cachedCount: 42 } };
const failed: JobOutcome = {
  job: { symbol: 'bad\u001b[2J', interval: '5min' },
  durationMs: 1,
  error: new ServiceError({ kind: 'rateLimit', service: 'alpha_vantage', reason: 'pacing', message: 'wait' }),
};

describe('createProgress', () => {
  it('writes one plain line for each series where there is no terminal', () => {
    const error = capture();
    const progress = createProgress(3, { error });
    for (const outcome of [finished, fromCache, failed]) progress.finished(outcome);
    progress.stop();
    expect(error.text()).toBe(
      '1/3 IBM daily: 100 collected, 97 stored, 3 unchanged\n' +
        '2/3 IBM daily: 42 bars from the cache, the vendor failed\n' +
        '3/3 BAD\\u001b[2J 5min: failed, rateLimit/pacing\n',
    );
  });

  it('leaves no row out of a line whose counts have to add up', () => {
    const error = capture();
    const progress = createProgress(1, { error });
    const counts = { stored: 0, unchanged: 0, duplicates: 3, quarantined: 2, spooled: 95 };
    progress.finished({ ...finished, result: { ...result, ...counts } });
    progress.stop();
    expect(error.text()).toBe(
      '1/1 IBM daily: 100 collected, 0 stored, 0 unchanged, 3 duplicates, 2 quarantined, 95 spooled\n',
    );
  });

  it('draws a bar on a terminal and takes it away at the end', () => {
    const error = capture({ isTTY: true });
    const progress = createProgress(2, { error });
    progress.finished(finished);
    progress.finished(failed);
    progress.stop();
    expect(error.text()).toContain('collecting ');
    expect(error.text()).toContain('0/2');
    expect(error.text()).not.toContain('\u001b[2J');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told
    expect(error.text()).toMatch(/\u001b\[\?25h/);
  });
});

describe('createLogStream', () => {
  it('is the stream itself where there is no terminal', () => {
    const error = capture();
    expect(createLogStream(error)).toBe(error);
  });

  it('clears the line of the progress bar first on a terminal', async () => {
    const error = capture({ isTTY: true });
    await new Promise<void>((resolve) => createLogStream(error).end('a log line\n', () => resolve()));
    expect(error.text()).toBe('\r\u001b[2Ka log line\n');
  });
});
