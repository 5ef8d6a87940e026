import { FakeConfiguration, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { type BarRequest, textAt } from '@quantumtrade/shared-types';
import { reservedSymbol } from '@quantumtrade/vendor-sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { alphaVantageVendor } from './alpha-vantage.ts';
import type { SandboxCollector } from './sandbox-collector.ts';

const request: BarRequest = { symbol: 'IBM', interval: 'daily', adjusted: false };
const open: SandboxCollector[] = [];

function create(): { readonly collector: SandboxCollector; readonly monitoring: RecordingMonitoring } {
  const monitoring = new RecordingMonitoring();
  const collector = alphaVantageVendor.create({
    configProvider: new FakeConfiguration({}),
    clock: new VirtualClock({ start: Date.UTC(2024, 0, 10, 12) }),
    monitoring,
  }) as SandboxCollector;
  open.push(collector);
  return { collector, monitoring };
}

/** How many sockets this process listens on. One that was closed is counted until the event loop has let go of it. */
const listening = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;

afterEach(async () => {
  for (const collector of open.splice(0)) await collector.close();
});

describe('the collector of the sandbox', () => {
  it('fetches bars over HTTP, up to the time of its clock', async () => {
    const { collector, monitoring } = create();
    await collector.connect();
    const bars = await collector.fetchBars(request);
    expect(bars.series).toEqual({
      ...request,
      adjusted: undefined,
      source: 'alpha_vantage_sandbox',
      adjustment: 'raw',
    });
    expect(bars.length).toBe(100);
    expect(textAt(bars, bars.label, 0)).toBe('2024-01-09');
    expect(monitoring.timings('alpha_vantage_api_duration_seconds')).toHaveLength(1);
    expect(collector.health()).toMatchObject({ name: 'alpha_vantage', implementation: 'sandbox', status: 'healthy' });
  });

  it('is not limited', async () => {
    const { collector } = create();
    await collector.connect();
    const answers = Array.from({ length: 60 }, () => collector.fetchBars(request, { patienceMs: 0 }));
    expect(await Promise.all(answers)).toHaveLength(60);
  });

  it('refuses as the vendor does, and its health says so', async () => {
    const { collector } = create();
    await collector.connect();
    const symbol = reservedSymbol('outage');
    await expect(collector.fetchBars({ ...request, symbol })).rejects.toMatchObject({ reason: 'outage' });
    expect(collector.health()).toMatchObject({ status: 'degraded', implementation: 'sandbox' });
  });

  it('says what is missing before it is connected', async () => {
    const { collector } = create();
    await expect(collector.fetchBars(request)).rejects.toMatchObject({ kind: 'system', reason: 'notRunning' });
    expect(collector.health()).toMatchObject({ status: 'healthy', message: 'not connected' });
  });

  it('stops its server on close, and can be connected again', async () => {
    const { collector } = create();
    await collector.connect();
    const before = await collector.fetchBars(request);
    await expect.poll(listening, { interval: 1 }).toBe(1);
    await collector.close();
    await expect.poll(listening, { interval: 1 }).toBe(0);
    await expect(collector.fetchBars(request)).rejects.toMatchObject({ reason: 'notRunning' });
    await collector.connect();
    const after = await collector.fetchBars(request);
    expect(new TextDecoder().decode(after.text)).toBe(new TextDecoder().decode(before.text));
  });

  it('connects once and closes once, however often it is told to', async () => {
    const { collector } = create();
    await collector.connect();
    const bars = collector.fetchBars(request);
    await collector.connect();
    expect(await bars).toMatchObject({ length: 100 });
    await expect.poll(listening, { interval: 1 }).toBe(1);
    await collector.close();
    await collector.close();
    expect(collector.health()).toMatchObject({ message: 'not connected' });
  });

  it('ends a request whose caller gives up', async () => {
    const { collector } = create();
    await collector.connect();
    const caller = new AbortController();
    const reason = new Error('enough');
    const bars = collector.fetchBars(request, { signal: caller.signal });
    caller.abort(reason);
    await expect(bars).rejects.toBe(reason);
  });
});
