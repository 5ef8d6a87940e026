import { describe, expect, it } from 'vitest';
import { FakeLifecycle } from './fake-lifecycle.ts';

describe('FakeLifecycle', () => {
  it('records its calls and writes them into a shared journal', async () => {
    const journal: string[] = [];
    const [first, second] = [new FakeLifecycle({ name: 'a', journal }), new FakeLifecycle({ name: 'b', journal })];
    await first.start();
    await second.start();
    expect([first.started, second.started]).toEqual([true, true]);
    await second.stop();
    expect([first.started, second.started]).toEqual([true, false]);
    expect(journal).toEqual(['a.start', 'b.start', 'b.stop']);
    expect(second.calls).toEqual(['start', 'stop']);
  });

  it('fails on the call it is told to, and changes nothing then', async () => {
    const component = new FakeLifecycle({ name: 'store' });
    component.failOn('start');
    await expect(component.start()).rejects.toThrow('store was told to fail on start');
    expect(component.started).toBe(false);
    component.recover();
    await component.start();
    const error = new Error('stuck');
    component.failOn('stop', error);
    await expect(component.stop()).rejects.toBe(error);
    expect(component.started).toBe(true);
    expect(component.calls).toEqual(['start', 'start', 'stop']);
  });

  it('gives up when its signal is aborted', async () => {
    const component = new FakeLifecycle();
    await expect(component.start({ signal: AbortSignal.abort('deadline') })).rejects.toBe('deadline');
    expect(component.started).toBe(false);
  });

  it('tells what took effect from what was merely called', async () => {
    const component = new FakeLifecycle();
    await component.stop();
    await component.start();
    await component.start();
    component.failOn('stop');
    await expect(component.stop()).rejects.toThrow();
    component.recover();
    await component.stop();
    expect(component.effects).toEqual(['start', 'stop']);
    expect(component.calls).toHaveLength(5);
  });
});
