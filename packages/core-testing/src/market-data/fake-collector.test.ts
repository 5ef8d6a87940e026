import { getEventListeners } from 'node:events';
import { ServiceError } from '@quantumtrade/core-traits';
import type { BarRequest } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { FakeCollector } from './fake-collector.ts';
import { rawBars } from './raw-bars-builder.ts';

const request: BarRequest = { symbol: 'IBM', interval: 'daily', adjusted: false };
const bars = rawBars({ rows: [{ label: '2024-01-02', close: '1' }] });
const paused = new ServiceError({ kind: 'rateLimit', message: 'wait', service: 'fake', retryAfterMs: 100 });

describe('FakeCollector', () => {
  it('answers from its queue in order, errors included', async () => {
    const collector = new FakeCollector({ answers: [bars, paused] });
    collector.enqueue(bars);
    expect(await collector.fetchBars(request)).toBe(bars);
    await expect(collector.fetchBars(request)).rejects.toBe(paused);
    expect(await collector.fetchBars({ ...request, symbol: 'NVDA' })).toBe(bars);
    expect(collector.requests.map(({ symbol }) => symbol)).toEqual(['IBM', 'IBM', 'NVDA']);
  });

  it('says so when no answer is left', async () => {
    await expect(new FakeCollector().fetchBars(request)).rejects.toMatchObject({
      kind: 'system',
      reason: 'noAnswerLeft',
      message: 'the fake collector has no answer left for IBM daily: queue one more',
    });
  });

  it('answers by a function that sees the request and the options', async () => {
    const collector = new FakeCollector({
      source: 'vendor',
      answers: async ({ symbol }, { patienceMs }) => (patienceMs === 0 ? paused : rawBars({ symbol, rows: [] })),
    });
    expect((await collector.fetchBars(request)).series.symbol).toBe('IBM');
    await expect(collector.fetchBars(request, { patienceMs: 0 })).rejects.toBe(paused);
    expect(() => collector.enqueue(bars)).toThrow(TypeError);
  });

  it('ends with the reason of its signal, before and during an answer', async () => {
    const collector = new FakeCollector({ answers: () => new Promise(() => {}) });
    await expect(collector.fetchBars(request, { signal: AbortSignal.abort('early') })).rejects.toBe('early');
    expect(collector.requests).toEqual([]);
    const controller = new AbortController();
    const pending = collector.fetchBars(request, { signal: controller.signal });
    controller.abort('late');
    await expect(pending).rejects.toBe('late');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(collector.health().status).toBe('healthy');
  });

  it('reports its health from the last answer', async () => {
    const collector = new FakeCollector({ source: 'vendor', answers: [paused, bars] });
    expect(collector.health()).toMatchObject({ name: 'vendor', status: 'healthy', implementation: 'fake' });
    await expect(collector.fetchBars(request)).rejects.toBe(paused);
    expect(collector.health()).toMatchObject({ status: 'unhealthy', message: 'wait' });
    await collector.fetchBars(request);
    expect(collector.health()).toMatchObject({ status: 'healthy', message: '' });
  });

  it('remembers being closed', async () => {
    const collector = new FakeCollector();
    expect(collector.closed).toBe(false);
    await collector.close();
    expect(collector.closed).toBe(true);
  });
});
