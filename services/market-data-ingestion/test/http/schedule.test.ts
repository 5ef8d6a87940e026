import { FakeLeases, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { calendarOf } from '@quantumtrade/market-calendar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Schedule } from '../../src/schedule/schedule.ts';
import { scriptedTask } from '../schedule/support/scripted-task.ts';
import { type Api, problemOf, startApi, writeToken } from './api.ts';

const clock = new VirtualClock({ start: Date.parse('2026-11-23T17:00Z') });
const task = scriptedTask(clock, { waits: true });
const schedule = new Schedule({
  tasks: [task],
  calendar: calendarOf('XNYS'),
  leases: new FakeLeases({ clock }),
  clock,
  monitoring: new RecordingMonitoring(),
  settings: { leaseMs: 30_000, retryMs: 15_000, catchUp: true, enabled: false },
});
const path = '/api/v1/schedule/daily/runs';
let api: Api;
beforeAll(async () => {
  api = await startApi({ parts: { schedule } });
});
afterAll(() => api.close());

describe('the schedule over HTTP', () => {
  it('is read with its tasks and their next runs', async () => {
    const { status, json } = await api.ask('/api/v1/schedule');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      enabled: false,
      exchange: 'XNYS',
      tasks: [
        { name: 'daily', state: 'stopped', next: ['2026-11-23T21:30:00.000Z', expect.any(String), expect.any(String)] },
      ],
    });
  });

  it('runs a task now, one at a time, and says what came of it', async () => {
    const begun = await api.ask(path, { method: 'POST', token: writeToken });
    expect([begun.status, begun.headers.location]).toEqual([202, '/api/v1/schedule']);
    expect(begun.json).toMatchObject({ tasks: [{ state: 'running', runningSince: '2026-11-23T17:00:00.000Z' }] });
    const again = await api.ask(path, { method: 'POST', token: writeToken });
    expect(problemOf(again)).toEqual({ kind: 'system', reason: 'taskRunning', status: 409 });
    task.end();
    await expect
      .poll(async () => (await api.ask('/api/v1/schedule')).json)
      .toMatchObject({ tasks: [{ last: { outcome: 'succeeded', due: null, summary: 'all done' } }] });
  });

  it('cancels a run that a request began, and none that was due', async () => {
    await api.ask(path, { method: 'POST', token: writeToken });
    expect((await api.ask(path, { method: 'DELETE' })).status).toBe(401);
    expect((await api.ask(path, { method: 'DELETE', token: writeToken })).status).toBe(202);
    const lastOutcome = async (): Promise<string | undefined> => schedule.status()[0]?.last?.outcome;
    await expect.poll(lastOutcome).toBe('cancelled');
    const { done } = await schedule.begin('daily');
    expect((await api.ask(path, { method: 'DELETE', token: writeToken })).status).toBe(202);
    task.end();
    expect(await done).toMatchObject({ outcome: 'succeeded' });
  });

  it('takes a token to run anything, and knows its tasks', async () => {
    expect((await api.ask(path, { method: 'POST' })).status).toBe(401);
    const unknown = await api.ask('/api/v1/schedule/hourly/runs', { method: 'POST', token: writeToken });
    expect(problemOf(unknown)).toEqual({ kind: 'configuration', reason: 'unknownTask', status: 404 });
    const long = await api.ask(`/api/v1/schedule/${'x'.repeat(60)}/runs`, { method: 'POST', token: writeToken });
    expect(long.status).toBe(400);
  });

  it('runs nothing more once the service stops', async () => {
    api.jobs.stopIntake();
    const refused = await api.ask(path, { method: 'POST', token: writeToken });
    expect(problemOf(refused)).toEqual({ kind: 'system', reason: 'stopping', status: 503 });
  });
});

it('is not there where a host has none', async () => {
  const without = await startApi();
  expect((await without.ask('/api/v1/schedule')).status).toBe(404);
  await without.close();
});
