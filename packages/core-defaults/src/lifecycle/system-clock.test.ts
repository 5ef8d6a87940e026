import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

describe('systemClock', () => {
  it('sleeps and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const before = systemClock.monotonic();
    await systemClock.sleep(5, signal);
    expect(systemClock.monotonic()).toBeGreaterThan(before);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends a sleep with the reason of the signal and clears its timer', async () => {
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(cleared).toHaveBeenCalledOnce();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    cleared.mockRestore();
  });

  it('does not begin to sleep when the signal has already aborted', async () => {
    await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  it('never hands a timer more than it can hold', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const controller = new AbortController();
    const sleeping = systemClock.sleep(10_000_000_000, controller.signal);
    expect(timers.mock.calls.at(-1)?.[1]).toBe(2_147_483_647);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    timers.mockRestore();
  });

  it('tells the time and gives chance within its bounds', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(10_000);
    const chance = systemClock.random();
    expect(chance >= 0 && chance < 1).toBe(true);
  });
});
