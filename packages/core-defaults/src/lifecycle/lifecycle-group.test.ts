import { type Clock, type Lifecycle, type LifecycleOptions, ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { LifecycleGroup, type LifecycleGroupComponent } from './lifecycle-group.ts';

/** A clock whose sleeps end when `wake` is called, whatever their length. */
function manualClock() {
  const sleeping = new Map<() => void, number>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    random: () => 0,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        sleeping.set(resolve, milliseconds);
        signal?.addEventListener('abort', () => {
          sleeping.delete(resolve);
          reject(signal.reason);
        });
      }),
  };
  const wake = (): void => {
    for (const resolve of sleeping.keys()) resolve();
  };
  return { clock, wake, sleeping };
}

type Step = (options?: LifecycleOptions) => Promise<void>;

const never: Step = () => new Promise(() => undefined);

function group(steps: Record<string, { start?: Step; stop?: Step } & Partial<LifecycleGroupComponent>>) {
  const events: string[] = [];
  const time = manualClock();
  const components = Object.entries(steps).map(([name, { start, stop, ...more }]): LifecycleGroupComponent => {
    const component: Lifecycle = {
      start: async (options) => {
        events.push(`start ${name}`);
        await start?.(options);
      },
      stop: async (options) => {
        events.push(`stop ${name}`);
        await stop?.(options);
      },
    };
    return { name, component, ...more };
  });
  return { events, ...time, lifecycle: new LifecycleGroup({ components, clock: time.clock }) };
}

/** Lets everything that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('LifecycleGroup', () => {
  it('starts in order and stops in reverse, once each', async () => {
    const { lifecycle, events, sleeping } = group({ a: {}, b: {}, c: {} });
    await Promise.all([lifecycle.start(), lifecycle.start()]);
    await lifecycle.start();
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(events).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
    expect(sleeping.size).toBe(0);
  });

  it('does nothing when stopped before it was started, and starts again after a stop', async () => {
    const { lifecycle, events } = group({ a: {} });
    await lifecycle.stop();
    await lifecycle.start();
    await lifecycle.stop();
    await lifecycle.start();
    expect(events).toEqual(['start a', 'stop a', 'start a']);
  });

  it('stops what was started when one fails, and names it', async () => {
    const cause = new ServiceError({ kind: 'database', message: 'refused' });
    let broken = true;
    const { lifecycle, events } = group({
      a: {},
      b: { start: () => (broken ? Promise.reject(cause) : Promise.resolve()) },
      c: {},
    });
    await expect(lifecycle.start()).rejects.toMatchObject({
      kind: 'system',
      reason: 'startFailed',
      message: 'b could not be started: refused',
      retryable: true,
      cause,
    });
    expect(events).toEqual(['start a', 'start b', 'stop a']);
    broken = false;
    await lifecycle.start();
    expect(events.slice(3)).toEqual(['start a', 'start b', 'start c']);
  });

  it('gives up on a component that takes too long to start, tells it, and stops it too', async () => {
    let told: AbortSignal | undefined;
    const { lifecycle, events, wake, sleeping } = group({
      a: {},
      slow: {
        start: (options) => {
          told = options?.signal;
          return never();
        },
        startTimeoutMs: 50,
      },
    });
    const started = lifecycle.start();
    await settle();
    expect([...sleeping.values()]).toEqual([50]);
    wake();
    await expect(started).rejects.toThrow('slow could not be started: it took longer than 50 ms');
    expect(told?.aborted).toBe(true);
    expect(events).toEqual(['start a', 'start slow', 'stop slow', 'stop a']);
  });

  it('allows 30 seconds where a component names no time', async () => {
    const { lifecycle, sleeping, wake } = group({ slow: { start: never, stop: never } });
    const started = lifecycle.start();
    await settle();
    expect([...sleeping.values()]).toEqual([30_000]);
    wake();
    await settle();
    wake();
    await expect(started).rejects.toThrow('30000 ms');
  });

  it('stops the others when one fails to stop, and reports all failures at the end', async () => {
    const { lifecycle, events, wake } = group({
      a: { stop: () => Promise.reject(new Error('stuck')) },
      b: {},
      c: { stop: never, stopTimeoutMs: 20 },
    });
    await lifecycle.start();
    const stopped = lifecycle.stop();
    await settle();
    wake();
    await expect(stopped).rejects.toMatchObject({
      kind: 'system',
      reason: 'stopFailed',
      message: 'c could not be stopped: it took longer than 20 ms; a could not be stopped: stuck',
    });
    expect(events.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
    await lifecycle.stop();
    expect(events).toHaveLength(6);
  });

  it('ends a start under way when it is stopped', async () => {
    const { lifecycle, events, sleeping } = group({ a: {}, slow: { start: never }, c: {} });
    const started = lifecycle.start();
    const rejected = expect(started).rejects.toMatchObject({ reason: 'startFailed' });
    await settle();
    await lifecycle.stop();
    await rejected;
    expect(events).toEqual(['start a', 'start slow', 'stop slow', 'stop a']);
    expect(sleeping.size).toBe(0);
  });

  it('starts after a stop under way has ended', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { lifecycle, events } = group({ a: { stop: () => gate } });
    await lifecycle.start();
    const stopped = lifecycle.stop();
    const started = lifecycle.start();
    await settle();
    expect(events).toEqual(['start a', 'stop a']);
    release();
    await Promise.all([stopped, started]);
    expect(events).toEqual(['start a', 'stop a', 'start a']);
  });

  it('is stopped at the end when stop is called last, whatever was called before', async () => {
    const { lifecycle, events } = group({ a: { stop: settle } });
    await lifecycle.start();
    const first = lifecycle.stop();
    const restarted = lifecycle.start();
    const rejected = expect(restarted).rejects.toMatchObject({ reason: 'startFailed' });
    await Promise.all([first, lifecycle.stop(), rejected]);
    expect(events).toEqual(['start a', 'stop a']);
  });

  it('gives up when the caller does, and still tells every component to stop', async () => {
    const { lifecycle, events } = group({ a: {}, b: { stop: never } });
    const before = lifecycle.start({ signal: AbortSignal.abort() });
    await expect(before).rejects.toThrow('a could not be started: it was given up before it ended');
    await lifecycle.start();
    const caller = new AbortController();
    const stopped = lifecycle.stop({ signal: caller.signal });
    await settle();
    caller.abort();
    await expect(stopped).rejects.toThrow('b could not be stopped: it was given up before it ended');
    expect(events).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });
});
