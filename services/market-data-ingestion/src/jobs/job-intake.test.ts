import { FakeWorkQueue, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JobBoard } from './job-board.ts';
import { JobIntake } from './job-intake.ts';
import { missingByMemory } from './missing-history.ts';

/** An inbox in memory: texts wait until they are accepted or rejected, and those that were not come again. */
function setting(...texts: string[]) {
  const clock = new VirtualClock();
  const queue = new FakeWorkQueue({ clock });
  const scope = { source: 'vendor', database: 'db', prioritySymbols: [] };
  const missing = missingByMemory({ finishedMonths: () => new Map() }, scope);
  const board = new JobBoard({ queue, missing, clock, scope, maxAttempts: 3, caps: { T0: 2, T1: 50, T2: 50 } });
  const waiting = [...texts];
  const accepted: string[] = [];
  const rejected: { text: string; reason: string }[] = [];
  const remove = (text: string): void => void waiting.splice(waiting.indexOf(text), 1);
  const inbox = {
    outage: false,
    next: async () => {
      if (inbox.outage) throw new ServiceError({ kind: 'database', reason: 'inboxUnavailable', message: 'away' });
      const [text] = waiting;
      if (text === undefined) {
        await clock.sleep(500);
        return undefined;
      }
      return {
        text,
        accept: async () => {
          remove(text);
          accepted.push(text);
        },
        reject: async (reason: string) => {
          remove(text);
          rejected.push({ text, reason });
        },
      };
    },
  };
  const monitoring = new RecordingMonitoring();
  const intake = new JobIntake({ inbox, board, source: 'vendor', clock, monitoring });
  onTestFinished(async () => {
    const stopping = intake.stop();
    await clock.advance(2_000);
    await stopping;
  });
  return { clock, queue, board, inbox, intake, monitoring, waiting, accepted, rejected };
}

const good = JSON.stringify({ symbols: ['AAPL'], interval: '5min', from: '2023-01', to: '2023-02', tier: 'T0' });

describe('pushed jobs', () => {
  it('become jobs and leave the list', async () => {
    const { intake, clock, board, accepted, rejected } = setting(good);
    await intake.start();
    await clock.advance(100);
    expect((await board.list()).map(({ id, tier, items }) => [id, tier, items.pending])).toEqual([
      ['AAPL_2023-01-01', 'T0', 2],
    ]);
    expect([accepted, rejected]).toEqual([[good], []]);
  });

  it.each([
    ['no JSON', '{', 'it is no JSON'],
    ['another shape', '["AAPL"]', 'expected object'],
    ['a field that is not known', '{"symbols":["A"],"interval":"5min","from":"2023-01","when":"now"}', 'when'],
    ['no symbols', '{"symbols":[],"interval":"5min","from":"2023-01"}', 'symbols'],
    ['a symbol that is none', '{"symbols":["no good"],"interval":"5min","from":"2023-01"}', 'invalidSymbol: '],
    ['a month that is none', '{"symbols":["A"],"interval":"5min","from":"2023-99"}', 'invalidMonth: '],
    ['another source', '{"symbols":["A"],"interval":"5min","from":"2023-01","source":"x"}', 'it is for x'],
    ['too much text', `"${'x'.repeat(1_000_001)}"`, 'more than 1000000 characters'],
  ])('are rejected with one line for %s', async (_, text, says) => {
    const { intake, clock, board, rejected, accepted } = setting(text, good);
    await intake.start();
    await clock.advance(100);
    expect(rejected).toEqual([{ text, reason: expect.stringContaining(says) }]);
    expect(rejected[0]?.reason).not.toContain('\n');
    expect([accepted, (await board.list()).length]).toEqual([[good], 1]);
  });

  it('are rejected when too much of their tier waits', async () => {
    const more = good.replace('2023-02', '2023-09');
    const { intake, clock, rejected } = setting(more);
    await intake.start();
    await clock.advance(100);
    expect(rejected).toEqual([{ text: more, reason: expect.stringContaining('backlogFull: ') }]);
  });

  it('wait while the queue or Redis is away, and are lost in neither case', async () => {
    const { intake, clock, queue, inbox, accepted, waiting } = setting(good);
    queue.failWith();
    await intake.start();
    await clock.advance(5_000);
    expect([waiting, accepted]).toEqual([[good], []]);
    queue.recover();
    inbox.outage = true;
    await clock.advance(5_000);
    expect(waiting).toEqual([good]);
    inbox.outage = false;
    await clock.advance(2_000);
    expect([waiting, accepted]).toEqual([[], [good]]);
  });

  it('are said to wait once, however long Redis is away, and to be taken again once', async () => {
    const { intake, clock, inbox, monitoring } = setting();
    inbox.outage = true;
    await intake.start();
    await clock.advance(20_000);
    inbox.outage = false;
    await clock.advance(5_000);
    expect(monitoring.logs('warn').map(({ context }) => context)).toEqual([{ error: 'away' }]);
    expect(monitoring.logs('info').map(({ message }) => message)).toEqual(['pushed jobs are taken again']);
  });

  it('are one job when they come twice', async () => {
    const { intake, clock, board } = setting(good, good);
    await intake.start();
    await clock.advance(100);
    expect((await board.list()).map(({ items }) => items.pending)).toEqual([2]);
  });
});
