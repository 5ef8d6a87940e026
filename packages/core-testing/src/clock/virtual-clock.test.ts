import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../suites/suite.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('stands still at its start', () => {
    const clock = new VirtualClock();
    expect(new Date(clock.now()).toISOString()).toBe('2024-01-02T00:00:00.000Z');
    expect(clock.monotonic()).toBe(0);
    expect(new VirtualClock({ start: 1234 }).now()).toBe(1234);
  });

  it('moves both scales by what it is advanced', async () => {
    const clock = new VirtualClock({ start: 1000 });
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250]);
  });

  it('wakes sleepers in order of time, each at its own instant', async () => {
    const clock = new VirtualClock({ start: 0 });
    const woke: string[] = [];
    for (const [name, length] of [
      ['late', 30],
      ['first', 10],
      ['second', 10],
      ['never', 101],
    ] as const) {
      void clock.sleep(length).then(() => woke.push(`${name}@${clock.now()}`));
    }
    await clock.advance(100);
    expect(woke).toEqual(['first@10', 'second@10', 'late@30']);
    expect(clock.sleepers).toBe(1);
    expect(clock.now()).toBe(100);
  });

  it('lets a chain of sleeps run through one advance, also sleeps of nothing and long promise chains', async () => {
    const clock = new VirtualClock({ start: 0 });
    const woke: number[] = [];
    void (async () => {
      for (const length of [10, 0, 20, 5]) {
        await clock.sleep(length);
        for (let i = 0; i < 50; i++) await Promise.resolve();
        woke.push(clock.now());
      }
    })();
    await clock.advance(34);
    expect(woke).toEqual([10, 10, 30]);
    await clock.advance(1);
    expect(woke).toEqual([10, 10, 30, 35]);
  });

  it('adds up advances that overlap', async () => {
    const clock = new VirtualClock({ start: 0 });
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(clock.now()).toBe(20);
  });

  it('forgets an aborted sleeper and its listener', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const sleep = rejectionOf(clock.sleep(10, controller.signal));
    expect(clock.sleepers).toBe(1);
    controller.abort('enough');
    expect(await sleep).toBe('enough');
    expect(clock.sleepers).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('takes its listener off when it wakes', async () => {
    const clock = new VirtualClock();
    const { signal } = new AbortController();
    const sleep = clock.sleep(10, signal);
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    await clock.advance(10);
    await sleep;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('jumps on the wall and not on the monotonic scale', async () => {
    const clock = new VirtualClock({ start: 0 });
    void clock.sleep(10);
    clock.jump(-3_600_000);
    expect([clock.now(), clock.monotonic(), clock.sleepers]).toEqual([-3_600_000, 0, 1]);
  });

  it('draws the same numbers from the same seed', () => {
    const draw = (seed?: number) => {
      const clock = new VirtualClock(seed === undefined ? {} : { seed });
      return Array.from({ length: 5 }, () => clock.random());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw()).toEqual(draw(1));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %d', async (milliseconds) => {
    await expect(new VirtualClock().advance(milliseconds)).rejects.toThrow('time only moves forward');
  });

  it('refuses to sleep for what is no number', async () => {
    await expect(new VirtualClock().sleep(Number.NaN)).rejects.toThrow(RangeError);
  });
});

describe('VirtualClock with autoAdvance', () => {
  it('moves time with each sleep', async () => {
    const clock = new VirtualClock({ start: 0, autoAdvance: true });
    const sleep = clock.sleep(5000);
    expect(clock.now()).toBe(5000);
    await sleep;
    await clock.sleep(1000);
    expect([clock.now(), clock.sleepers]).toEqual([6000, 0]);
  });

  it('lets an abort end a loop that sleeps for ever', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('stop')));
    const loop = async () => {
      for (;;) await clock.sleep(1000, controller.signal);
    };
    await expect(loop()).rejects.toThrow('stop');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('refuses an endless sleep', async () => {
    await expect(new VirtualClock({ autoAdvance: true }).sleep(Number.POSITIVE_INFINITY)).rejects.toThrow(RangeError);
  });

  it('records how long it was asked to sleep, also by those who gave up', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    await clock.sleep(2_000);
    await clock.sleep(4_000, AbortSignal.abort()).catch(() => undefined);
    expect(clock.sleeps).toEqual([2_000, 4_000]);
  });
});
