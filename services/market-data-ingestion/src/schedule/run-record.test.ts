import { describe, expect, it } from 'vitest';
import { mergeRecordTexts, type RunSummary, readRecord, recordText } from './run-record.ts';

const run = (finishedAt: number): RunSummary => ({
  startedAt: finishedAt - 1,
  finishedAt,
  outcome: 'succeeded',
  summary: '',
  facts: {},
  missed: 0,
});

describe('a record of runs', () => {
  it('comes back from its text', () => {
    const record = { since: 1, settled: 2, last: { ...run(5), facts: { tables: [{ name: 'bars' }] }, due: 2 } };
    expect(readRecord(recordText(record))).toEqual(record);
  });

  it.each([undefined, '', 'no JSON', '{"version":2,"settled":5}', 'null'])('is empty for the text %j', (text) => {
    expect(readRecord(text)).toEqual({});
  });

  it('loses nothing to a place that knows less', () => {
    const known = recordText({ since: 10, settled: 20, last: run(21) });
    const forgotten = recordText({ since: 50 });
    for (const merged of [mergeRecordTexts(known, forgotten), mergeRecordTexts(forgotten, known)]) {
      expect(readRecord(merged)).toEqual({ since: 10, settled: 20, last: run(21) });
    }
  });

  it('has the newest of two places', () => {
    const older = recordText({ since: 10, settled: 20, last: run(21) });
    const newer = recordText({ since: 10, settled: 30, last: run(31) });
    expect(readRecord(mergeRecordTexts(older, newer))).toEqual({ since: 10, settled: 30, last: run(31) });
  });
});
