import { VirtualClock } from '@quantumtrade/core-testing';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

const signal = new AbortController().signal;

/** When each of so many turns began, on a clock that jumps to the next one. */
async function turns(pace: Pace, clock: VirtualClock, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn++) {
    await pace.turn(signal);
    times.push(clock.monotonic());
  }
  return times;
}

describe('a pace', () => {
  it('lets turns begin at even distances', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    expect(await turns(new Pace({ clock, perSecond: 2 }), clock, 4)).toEqual([0, 500, 1000, 1500]);
  });

  it('saves nothing up while nobody asks', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    const pace = new Pace({ clock, perSecond: 2 });
    await turns(pace, clock, 1);
    await clock.sleep(60_000);
    expect(await turns(pace, clock, 3)).toEqual([60_000, 60_500, 61_000]);
  });

  it('holds nobody up without a limit', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    expect(await turns(new Pace({ clock, perSecond: 'none' }), clock, 3)).toEqual([0, 0, 0]);
  });

  it('lets nothing begin during a pause, also not who waited for a turn already', async () => {
    const clock = new VirtualClock();
    const pace = new Pace({ clock, perSecond: 2 });
    await pace.turn(signal);
    const began: number[] = [];
    for (let turn = 0; turn < 2; turn++) void pace.turn(signal).then(() => began.push(clock.monotonic()));
    await clock.advance(100);
    pace.pause(10_000);
    await clock.advance(9_999);
    expect(began).toEqual([]);
    await clock.advance(1_000);
    expect(began).toHaveLength(2);
  });

  it('ends a wait with the reason of its signal', async () => {
    const clock = new VirtualClock();
    const pace = new Pace({ clock, perSecond: 1 });
    await pace.turn(signal);
    const giving = new AbortController();
    const waiting = pace.turn(giving.signal);
    giving.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(pace.turn(giving.signal)).rejects.toThrow('enough');
  });
});
