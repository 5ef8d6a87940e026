import { VirtualClock } from '@quantumtrade/core-testing';
import { describe, expect, it } from 'vitest';
import { Deadline } from './deadline.ts';

const gaveUp = new Error('the caller gave up');

describe('a deadline', () => {
  it('fires when its time is up and not before, with an error that says what to change', async () => {
    const clock = new VirtualClock();
    const { signal } = new Deadline({ clock, milliseconds: 1500 });
    await clock.advance(1499);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.reason).toMatchObject({
      kind: 'externalApi',
      reason: 'outage',
      retryable: true,
      message: expect.stringMatching(/1\.5 s.*collection\.deadline_seconds/),
    });
  });

  it('counts down to 0 and no further, whatever the wall clock does', async () => {
    const clock = new VirtualClock();
    const deadline = new Deadline({ clock, milliseconds: 1000 });
    clock.jump(3_600_000);
    await clock.advance(400);
    expect(deadline.remainingMs).toBe(600);
    await clock.advance(5000);
    expect(deadline.remainingMs).toBe(0);
  });

  it('fires with the reason of the caller who gives up first', async () => {
    const clock = new VirtualClock();
    const caller = new AbortController();
    const deadline = new Deadline({ clock, milliseconds: 1000, signal: caller.signal });
    deadline.throwIfCancelled();
    caller.abort(gaveUp);
    expect(deadline.signal.reason).toBe(gaveUp);
    expect(() => deadline.throwIfCancelled()).toThrow(gaveUp);
  });

  it('does not take its own end for the caller giving up', async () => {
    const clock = new VirtualClock();
    const deadline = new Deadline({ clock, milliseconds: 1000, signal: new AbortController().signal });
    await clock.advance(1000);
    expect(deadline.signal.aborted).toBe(true);
    expect(() => deadline.throwIfCancelled()).not.toThrow();
  });

  it('leaves no timer and never fires once it is finished', async () => {
    const clock = new VirtualClock();
    const deadline = new Deadline({ clock, milliseconds: 1000 });
    deadline.finish();
    expect(clock.sleepers).toBe(0);
    await clock.advance(2000);
    expect(deadline.signal.aborted).toBe(false);
  });

  it('leaves work behind that does not end in time', async () => {
    const clock = new VirtualClock();
    const deadline = new Deadline({ clock, milliseconds: 1000 });
    const outcome = deadline.within(new Promise(() => {})).catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await outcome).toMatchObject({ reason: 'outage' });
    await expect(deadline.within(new Promise(() => {}))).rejects.toMatchObject({ reason: 'outage' });
  });

  it('passes on what work that ends in time gives or throws', async () => {
    const deadline = new Deadline({ clock: new VirtualClock(), milliseconds: 1000 });
    expect(await deadline.within(7)).toBe(7);
    expect(await deadline.within(Promise.resolve(8))).toBe(8);
    await expect(deadline.within(Promise.reject(gaveUp))).rejects.toBe(gaveUp);
  });
});
