import { FakeLeases, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import type { Leases } from '@quantumtrade/core-traits';
import { calendarOf } from '@quantumtrade/market-calendar';
import { describe, expect, it } from 'vitest';
import { Schedule, type ScheduleSettings } from '../../src/schedule/schedule.ts';
import type { ScheduledTask } from '../../src/schedule/task.ts';
import { type ScriptedTask, scriptedTask } from './support/scripted-task.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A replica with a task, and what the next start of it would find. */
interface Replica {
  readonly schedule: Schedule;
  readonly monitoring: RecordingMonitoring;
}

function replica(
  clock: VirtualClock,
  leases: Leases,
  tasks: readonly ScheduledTask[],
  settings: Partial<ScheduleSettings> = {},
): Replica {
  const monitoring = new RecordingMonitoring();
  const all = { leaseMs: 30_000, retryMs: 15_000, catchUp: true, ...settings };
  const calendar = calendarOf('XNYS');
  return { schedule: new Schedule({ tasks, calendar, leases, clock, monitoring, settings: all }), monitoring };
}

/** Monday 2026-11-23, noon in New York, in the week of Thanksgiving. */
function monday(): VirtualClock {
  return new VirtualClock({ start: Date.parse('2026-11-23T17:00Z') });
}

/** A replica with one task, at work since Monday noon. */
interface AtWork extends Replica {
  readonly clock: VirtualClock;
  readonly leases: FakeLeases;
  readonly task: ScriptedTask;
}

async function atWork(
  options: Parameters<typeof scriptedTask>[1] = {},
  settings: Partial<ScheduleSettings> = {},
): Promise<AtWork> {
  const clock = monday();
  const leases = new FakeLeases({ clock });
  return { clock, leases, ...(await started(clock, leases, options, settings)) };
}

/** A replica with one task, from now on. */
async function started(
  clock: VirtualClock,
  leases: Leases,
  options: Parameters<typeof scriptedTask>[1] = {},
  settings: Partial<ScheduleSettings> = {},
): Promise<Replica & { readonly task: ScriptedTask }> {
  const task = scriptedTask(clock, options);
  const one = replica(clock, leases, [task], settings);
  await one.schedule.start();
  return { task, ...one };
}

function counted({ monitoring }: Replica, name: string): unknown[] {
  return monitoring.observations
    .filter((seen) => seen.name === name)
    .map(({ value, labels }) => [value, ...Object.values(labels)]);
}

async function lastOf(schedule: Schedule): Promise<unknown[]> {
  await schedule.refresh();
  const last = schedule.status()[0]?.last;
  return [last?.outcome, last && new Date(last.due ?? 0).toISOString().slice(0, 16), last?.missed];
}

describe('a schedule', () => {
  it('runs a task after each session, and neither on a holiday nor at the weekend', async () => {
    const { clock, task, ...one } = await atWork();
    await clock.advance(8 * day);
    expect(task.begun).toEqual([
      '2026-11-23T21:30Z',
      '2026-11-24T21:30Z',
      '2026-11-25T21:30Z',
      '2026-11-27T21:30Z',
      '2026-11-30T21:30Z',
    ]);
    expect(counted(one, 'schedule_runs_total')).toEqual(Array.from({ length: 5 }, () => [1, 'daily', 'succeeded']));
    expect(counted(one, 'schedule_missed_runs_total')).toEqual([]);
    await one.schedule.stop();
  });

  it('takes nothing for missed at its first start', async () => {
    const { clock, task, ...one } = await atWork({ cron: '0 9 * * *', afterSessions: false });
    await clock.advance(hour);
    expect(task.begun).toEqual([]);
    await one.schedule.stop();
  });

  it('makes up once for all that was due while nothing ran, and counts the rest as missed', async () => {
    const { clock, leases, ...before } = await atWork();
    await clock.advance(minute);
    await before.schedule.stop();
    await clock.advance(4 * day);
    const { task, ...after } = await started(clock, leases);
    await clock.advance(hour);
    expect(task.begun).toEqual(['2026-11-27T17:01Z']);
    expect(await lastOf(after.schedule)).toEqual(['succeeded', '2026-11-25T21:30', 2]);
    expect(counted(after, 'schedule_missed_runs_total')).toEqual([[2, 'daily']]);
    await clock.advance(4 * hour);
    expect(task.begun.slice(1)).toEqual(['2026-11-27T21:30Z']);
    await after.schedule.stop();
  });

  it('does not make up for a run that took place', async () => {
    const { clock, leases, ...before } = await atWork();
    await clock.advance(5 * hour);
    await before.schedule.stop();
    const { task, ...after } = await started(clock, leases);
    await clock.advance(12 * hour);
    expect(task.begun).toEqual([]);
    await after.schedule.stop();
  });

  it('makes up for nothing where it is told not to', async () => {
    const { clock, leases, ...before } = await atWork();
    await clock.advance(minute);
    await before.schedule.stop();
    await clock.advance(day);
    const { task, ...after } = await started(clock, leases, {}, { catchUp: false });
    await clock.advance(hour);
    expect(task.begun).toEqual([]);
    await clock.advance(4 * hour);
    expect(task.begun).toEqual(['2026-11-24T21:30Z']);
    await after.schedule.stop();
  });

  it('never begins a run while one is under way, and afterwards runs once for all that passed meanwhile', async () => {
    const { clock, task, ...one } = await atWork({ cron: '0 * * * *', afterSessions: false, waits: true });
    await clock.advance(4 * hour + minute);
    expect(task.begun).toEqual(['2026-11-23T18:00Z']);
    expect(one.schedule.status()[0]?.state).toBe('running');
    task.end();
    await clock.advance(0);
    expect(task.begun.slice(1)).toEqual(['2026-11-23T21:01Z']);
    task.end();
    await clock.advance(minute);
    expect(counted(one, 'schedule_missed_runs_total')).toEqual([[2, 'daily']]);
    expect(task.begun).toHaveLength(2);
    await one.schedule.stop();
  });

  it('refuses to run now what is running', async () => {
    const clock = monday();
    const leases = new FakeLeases({ clock });
    const task = scriptedTask(clock, { waits: true });
    const one = replica(clock, leases, [task]);
    const asked = one.schedule.runNow('daily');
    await clock.advance(0);
    const other = replica(clock, leases, [scriptedTask(clock)]);
    for (const { schedule } of [one, other]) {
      await expect(schedule.runNow('daily')).rejects.toMatchObject({ kind: 'system', reason: 'taskRunning' });
    }
    task.end();
    expect(await asked).toMatchObject({ outcome: 'succeeded', summary: 'all done', due: undefined });
    await expect(one.schedule.runNow('hourly')).rejects.toMatchObject({ reason: 'unknownTask' });
    await one.schedule.stop();
  });

  it('runs now right after its start', async () => {
    const { clock, task, ...one } = await atWork();
    expect(await one.schedule.runNow('daily')).toMatchObject({ outcome: 'succeeded' });
    await one.schedule.stop();
  });

  it('runs once in the night in which the clocks are set back, and once when they are set forward', async () => {
    for (const [start, due] of [
      ['2026-10-31T16:00Z', '2026-11-01T05:30Z'],
      ['2026-03-07T17:00Z', '2026-03-08T06:30Z'],
    ] as const) {
      const clock = new VirtualClock({ start: Date.parse(start) });
      const { task, ...one } = await started(clock, new FakeLeases({ clock }), {
        cron: '30 1 * * *',
        afterSessions: false,
      });
      await clock.advance(day);
      expect(task.begun).toEqual([due]);
      await one.schedule.stop();
    }
  });

  it('begins nothing where it is switched off, and runs what somebody asks for', async () => {
    const { clock, task, ...one } = await atWork({}, { enabled: false });
    await clock.advance(2 * day);
    expect([task.begun, clock.sleepers]).toEqual([[], 0]);
    expect(await one.schedule.runNow('daily')).toMatchObject({ outcome: 'succeeded' });
    await one.schedule.stop();
  });

  it('runs what is due although somebody asked for a run before', async () => {
    const clock = monday();
    const task = scriptedTask(clock);
    const one = replica(clock, new FakeLeases({ clock }), [task]);
    await one.schedule.runNow('daily');
    await one.schedule.start();
    await clock.advance(5 * hour);
    expect(task.begun).toEqual(['2026-11-23T17:00Z', '2026-11-23T21:30Z']);
    await one.schedule.stop();
  });

  it('lets one of two replicas run each time, and both know what came of it', async () => {
    const clock = monday();
    const leases = new FakeLeases({ clock });
    const tasks = [scriptedTask(clock, { waits: true }), scriptedTask(clock, { waits: true })] as const;
    const replicas = tasks.map((task) => replica(clock, leases, [task]));
    for (const { schedule } of replicas) await schedule.start();
    await clock.advance(5 * hour);
    expect(tasks.map(({ begun }) => begun.length).sort()).toEqual([0, 1]);
    expect(replicas.map(({ schedule }) => schedule.status()[0]?.state).sort()).toEqual(['elsewhere', 'running']);
    for (const task of tasks) task.end();
    await clock.advance(minute);
    expect(replicas.map(({ schedule }) => schedule.status()[0]?.last?.outcome)).toEqual(['succeeded', 'succeeded']);
    expect(tasks.flatMap(({ begun }) => begun)).toEqual(['2026-11-23T21:30Z']);
    await Promise.all(replicas.map(({ schedule }) => schedule.stop()));
  });

  it('ends a run whose lease is lost, and runs again where the lease is', async () => {
    const { clock, leases, task, ...one } = await atWork({ waits: true });
    await clock.advance(4 * hour + 30 * minute);
    leases.failWith();
    await clock.advance(20_000);
    expect(task.signals[0]?.aborted).toBe(false);
    await clock.advance(15_000);
    expect(task.signals[0]?.reason).toMatchObject({ kind: 'system', reason: 'leaseLost' });
    expect(counted(one, 'schedule_runs_total')).toEqual([[1, 'daily', 'lost']]);
    leases.recover();
    const other = scriptedTask(clock);
    const two = replica(clock, leases, [other]);
    expect(await two.schedule.runNow('daily')).toMatchObject({ outcome: 'succeeded' });
    await clock.advance(minute);
    expect(task.begun).toHaveLength(2);
    task.end();
    await clock.advance(minute);
    expect(await lastOf(one.schedule)).toEqual(['succeeded', '2026-11-23T21:30', 0]);
    await one.schedule.stop();
  });

  it('bears short silences of the place where leases are kept', async () => {
    const { clock, leases, task, ...one } = await atWork({ waits: true });
    await clock.advance(4 * hour + 30 * minute);
    for (const _ of [1, 2, 3]) {
      leases.failWith();
      await clock.advance(20_000);
      leases.recover();
      await clock.advance(20_000);
    }
    task.end();
    await clock.advance(minute);
    expect(await lastOf(one.schedule)).toEqual(['succeeded', '2026-11-23T21:30', 0]);
    await one.schedule.stop();
  });

  it('notes what a run did as soon as that can be noted, and does not repeat it', async () => {
    const { clock, leases, task, ...one } = await atWork({ waits: true });
    await clock.advance(4 * hour + 30 * minute);
    leases.failWith();
    task.end();
    await clock.advance(5 * minute);
    leases.recover();
    await clock.advance(minute);
    expect(task.begun).toHaveLength(1);
    expect(await lastOf(one.schedule)).toEqual(['succeeded', '2026-11-23T21:30', 0]);
    await one.schedule.stop();
  });

  it('runs nothing while it cannot be agreed on who runs it, says so, and runs once that is over', async () => {
    const clock = monday();
    const leases = new FakeLeases({ clock });
    const tasks = [scriptedTask(clock), scriptedTask(clock)] as const;
    const replicas = tasks.map((task) => replica(clock, leases, [task]));
    for (const { schedule } of replicas) await schedule.start();
    await clock.advance(hour);
    leases.failWith();
    await clock.advance(5 * hour);
    for (const { schedule, monitoring } of replicas) {
      expect(schedule.status()[0]).toMatchObject({
        state: 'unavailable',
        problem: 'the fake leases were told to fail',
      });
      expect(monitoring.logs('error')).toHaveLength(1);
    }
    expect(tasks.flatMap(({ begun }) => begun)).toEqual([]);
    leases.recover();
    await clock.advance(minute);
    expect(tasks.flatMap(({ begun }) => begun)).toHaveLength(1);
    expect(replicas.map(({ schedule }) => schedule.status()[0]?.problem)).toEqual([undefined, undefined]);
    await Promise.all(replicas.map(({ schedule }) => schedule.stop()));
  });

  it('waits for the run under way when it stops', async () => {
    const { clock, task, ...one } = await atWork({ waits: true });
    await clock.advance(5 * hour);
    let stopped = false;
    const stopping = one.schedule.stop().then(() => {
      stopped = true;
    });
    await clock.advance(hour);
    expect([stopped, task.signals[0]?.aborted]).toEqual([false, false]);
    task.end();
    await stopping;
    expect(await lastOf(one.schedule)).toEqual(['succeeded', '2026-11-23T21:30', 0]);
    expect(clock.sleepers).toBe(0);
  });

  it('cancels the run under way when its stop has to be quick, and makes up for it at the next start', async () => {
    const { clock, leases, task, ...one } = await atWork({ waits: true });
    await clock.advance(5 * hour);
    const late = new AbortController();
    const stopping = one.schedule.stop({ signal: late.signal });
    late.abort();
    await stopping;
    expect(task.signals[0]?.aborted).toBe(true);
    expect((await lastOf(one.schedule))[0]).toBe('cancelled');
    expect(clock.sleepers).toBe(0);
    const next = await started(clock, leases);
    await clock.advance(minute);
    expect(next.task.begun).toHaveLength(1);
    await next.schedule.stop();
  });

  it('leaves a run behind that does not end when it is cancelled', async () => {
    const clock = monday();
    const deaf: ScheduledTask = { name: 'daily', cron: '30 16 * * *', run: () => new Promise(() => {}) };
    const one = replica(clock, new FakeLeases({ clock }), [deaf]);
    await one.schedule.start();
    await clock.advance(5 * hour);
    const stopping = one.schedule.stop({ signal: AbortSignal.abort() });
    await clock.advance(1_000);
    await stopping;
  });

  it.each([
    ['failed', new Error('no room')],
    ['failed', { summary: '', facts: {}, failed: 2, parts: 2 }],
    ['partial', { summary: '', facts: {}, failed: 1, parts: 2 }],
  ] as const)('calls a run %s and waits for the next due time', async (outcome, ending) => {
    const { clock, task, ...one } = await atWork({ waits: true });
    await clock.advance(5 * hour);
    task.end(ending);
    await clock.advance(hour);
    expect(counted(one, 'schedule_runs_total')).toEqual([[1, 'daily', outcome]]);
    expect(task.begun).toHaveLength(1);
    await one.schedule.stop();
  });

  it('keeps to the clocks of the exchange when the machine sleeps or its clock is set', async () => {
    const { clock, task, ...one } = await atWork();
    await clock.advance(hour);
    clock.jump(6 * hour);
    await clock.advance(minute);
    expect(task.begun).toHaveLength(1);
    clock.jump(-6 * hour);
    await clock.advance(12 * hour);
    expect(task.begun).toHaveLength(1);
    await one.schedule.stop();
  });

  it('does not believe a record of a clock that was years ahead', async () => {
    const clock = new VirtualClock({ start: Date.parse('2032-01-05T22:00Z') });
    const leases = new FakeLeases({ clock });
    const before = await started(clock, leases);
    await clock.advance(2 * day);
    await before.schedule.stop();
    clock.jump(Date.parse('2026-11-23T17:00Z') - clock.now());
    const { task, ...after } = await started(clock, leases);
    await clock.advance(5 * hour);
    expect(task.begun).toEqual(['2026-11-23T21:30Z']);
    await after.schedule.stop();
  });

  it('says what comes next', () => {
    const clock = monday();
    const tasks = [
      scriptedTask(clock),
      scriptedTask(clock, { name: 'weekly', cron: '0 22 * * 0', afterSessions: false }),
    ];
    const { schedule } = replica(clock, new FakeLeases({ clock }), tasks);
    expect(
      schedule
        .status()
        .map(({ name, state, timeZone, next }) => [
          name,
          state,
          timeZone,
          next.map((at) => new Date(at).toISOString().slice(0, 16)),
        ]),
    ).toEqual([
      ['daily', 'stopped', 'America/New_York', ['2026-11-23T21:30', '2026-11-24T21:30', '2026-11-25T21:30']],
      ['weekly', 'stopped', 'America/New_York', ['2026-11-30T03:00', '2026-12-07T03:00', '2026-12-14T03:00']],
    ]);
  });

  it.each([['Daily'], ['']])('refuses the name %j', (name) => {
    const clock = monday();
    const tasks = [scriptedTask(clock, { name })];
    expect(() => replica(clock, new FakeLeases({ clock }), tasks)).toThrow(
      expect.objectContaining({ reason: 'invalidSchedule' }),
    );
  });
});
