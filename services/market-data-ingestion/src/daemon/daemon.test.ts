import { FakeConfiguration, FakeLifecycle } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import {
  databaseWith,
  type payload,
  type ServiceWithDoubles,
  serviceWithDoubles,
} from '../../test/service/service-with-doubles.ts';
import { type HttpSection, httpSection } from '../configuration/daemon-sections.ts';
import { CollectionJobs } from '../http/collection-jobs.ts';
import type { BackgroundPart } from './background-part.ts';
import { type DaemonDependencies, runDaemon } from './daemon.ts';

const settings: HttpSection = { ...new FakeConfiguration().getConfigSection(httpSection), port: 0 };

interface Subject extends ServiceWithDoubles {
  readonly jobs: CollectionJobs;
  readonly journal: string[];
  readonly signal: AbortController;
  /** The end of the daemon. */
  readonly ended: Promise<void>;
  /** Its address, once it listens. */
  readonly address: Promise<string>;
}

function daemon(
  parts: readonly BackgroundPart[] = [],
  journal: string[] = [],
  more: Partial<DaemonDependencies> & { readonly answers?: () => Promise<typeof payload> } = {},
): Subject {
  const { answers, ...changes } = more;
  const doubles = serviceWithDoubles(answers === undefined ? {} : { answers });
  const { service, clock, monitoring, store } = doubles;
  const jobs = new CollectionJobs({ service, clock, concurrency: 2, prioritySymbols: [] });
  const signal = new AbortController();
  const listening = Promise.withResolvers<string>();
  const ended = runDaemon(
    {
      service,
      clock,
      monitoring,
      jobs,
      parts,
      databaseManager: databaseWith(store),
      section: () => settings,
      source: () => 'fake',
      redact: (text) => text,
      newToken: () => 'a-token-of-this-run',
      files: {
        write: async (address) => {
          journal.push('files written');
          listening.resolve(address);
        },
        remove: async () => void journal.push('files removed'),
      },
      close: async () => void journal.push('closed'),
      ...changes,
    },
    signal.signal,
  );
  return { ...doubles, jobs, journal, signal, ended, address: listening.promise };
}

const part = (name: string, journal: string[]): FakeLifecycle => new FakeLifecycle({ name, journal });

describe('runDaemon', () => {
  it('starts the parts in order before the port opens, and stops them in reverse before the rest', async () => {
    const journal: string[] = [];
    const subject = daemon([part('one', journal), part('two', journal)], journal);
    const address = await subject.address;
    expect((await fetch(`${address}/ready`)).status).toBe(200);
    subject.signal.abort();
    await subject.ended;
    expect(journal).toEqual([
      'one.start',
      'two.start',
      'files written',
      'two.stop',
      'one.stop',
      'files removed',
      'closed',
    ]);
    await expect(fetch(`${address}/live`)).rejects.toThrow();
    expect((await subject.service.readyCheck()).ready).toBe(false);
  });

  it('lets what is under way finish, and cancels it when the time for that is over', async () => {
    const never = new Promise<typeof payload>(() => {});
    const gaveUp: string[] = [];
    const slow: BackgroundPart = {
      name: 'slow',
      start: async () => {},
      stop: ({ signal } = {}) =>
        new Promise((resolve) =>
          signal?.addEventListener('abort', () => {
            gaveUp.push('slow');
            resolve();
          }),
        ),
    };
    const subject = daemon([slow], [], { answers: () => never });
    await subject.address;
    const run = subject.jobs.start([{ symbol: 'IBM', interval: 'daily' }]);
    subject.signal.abort();
    await expect.poll(() => subject.clock.sleepers).toBeGreaterThan(0);
    expect([run.signal.aborted, gaveUp]).toEqual([false, []]);
    await subject.clock.advance(settings.drain_seconds * 1000);
    expect([run.signal.aborted, gaveUp]).toEqual([true, ['slow']]);
    await subject.ended;
    expect(run.state).toBe('cancelled');
    expect(subject.monitoring.logs('error')).toEqual([]);
  });

  it('ends all the same when something never closes', async () => {
    const subject = daemon([], [], { close: () => new Promise(() => {}) });
    await subject.address;
    subject.signal.abort();
    await expect.poll(() => subject.journal.includes('files removed')).toBe(true);
    await expect.poll(() => subject.clock.sleepers).toBeGreaterThan(0);
    await subject.clock.advance(2000);
    await subject.ended;
    expect(subject.monitoring.logs('error').map(({ message }) => message)).toEqual([
      'what is still open after the deadline is left behind',
    ]);
  });

  it('stops what had started when a part cannot start, and says what that part said', async () => {
    const journal: string[] = [];
    const broken = part('broken', journal);
    broken.failOn('start', new Error('no schedule'));
    const subject = daemon([part('one', journal), broken, part('never', journal)], journal);
    await expect(subject.ended).rejects.toThrow('no schedule');
    expect(journal).toEqual(['one.start', 'broken.start', 'broken.stop', 'one.stop', 'files removed', 'closed']);
  });

  it('goes on ending when a part cannot stop', async () => {
    const journal: string[] = [];
    const broken = part('broken', journal);
    broken.failOn('stop');
    const subject = daemon([part('one', journal), broken], journal);
    await subject.address;
    subject.signal.abort();
    await subject.ended;
    expect(journal.slice(-4)).toEqual(['broken.stop', 'one.stop', 'files removed', 'closed']);
    expect(subject.monitoring.logs('error')).toMatchObject([{ context: { part: 'broken' } }]);
  });

  it('opens nothing when it is told to stop while it starts', async () => {
    const subject = daemon();
    subject.signal.abort();
    await subject.ended;
    expect(subject.journal).toEqual(['files removed', 'closed']);
  });

  it('says who is in the way when it cannot listen', async () => {
    const first = daemon();
    const port = Number(new URL(await first.address).port);
    const second = daemon([], [], { section: () => ({ ...settings, port }) });
    await expect(second.ended).rejects.toMatchObject({ kind: 'configuration', reason: 'addressInUse' });
    const third = daemon([], [], {
      section: () => ({ ...settings, host: '203.0.113.1', token: new Redacted('a-token-for-the-test') }),
    });
    await expect(third.ended).rejects.toMatchObject({ kind: 'configuration', reason: 'addressUnusable' });
    first.signal.abort();
    await first.ended;
  });
});
