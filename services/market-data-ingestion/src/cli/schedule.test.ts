import { systemClock } from '@quantumtrade/core-defaults';
import { partialMock } from '@quantumtrade/core-testing';
import { expect, it } from 'vitest';
import { capture } from '../../test/cli/capture.ts';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import type { Application } from './composition.ts';
import { runScheduled } from './schedule.ts';

it('cancels the run in the daemon on Ctrl-C, and says how it ended', async () => {
  const path = '/api/v1/schedule/weekly/runs';
  const giveUp = new AbortController();
  const began = '2026-11-23T17:00:00.000Z';
  let cancelled: string | undefined;
  const report = (): unknown => ({
    tasks: [
      cancelled === undefined
        ? { name: 'weekly', runningSince: began, last: null }
        : {
            name: 'weekly',
            runningSince: null,
            last: { startedAt: began, outcome: 'cancelled', summary: 'was told to' },
          },
    ],
  });
  const daemon = partialMock<DaemonClient>('DaemonClient', {
    get: async <T>(asked: string) => (asked === '/' ? { source: 'fake' } : report()) as T,
    post: async <T>(asked: string) => {
      expect(asked).toBe(path);
      queueMicrotask(() => giveUp.abort());
      return report() as T;
    },
    delete: async <T>(asked: string) => {
      cancelled = asked;
      return report() as T;
    },
  });
  const application = partialMock<Application>('Application', { daemon, clock: systemClock });
  const streams = { out: capture(), error: capture() };
  const status = await runScheduled(application, streams, 'weekly', {}, giveUp.signal);
  expect([status, cancelled, streams.out.text()]).toEqual([1, path, 'weekly cancelled: was told to\n']);
});
