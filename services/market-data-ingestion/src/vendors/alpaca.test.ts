import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeConfiguration, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import type { BarRequest } from '@quantumtrade/shared-types';
import {
  type AlpacaSandbox,
  createAlpacaSandbox,
  type SandboxServer,
  startSandboxServer,
} from '@quantumtrade/vendor-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accountOf, createCollector } from './registry.ts';

const now = Date.UTC(2024, 0, 19, 17);
const request: BarRequest = { symbol: 'IBM', interval: 'daily', adjusted: false };
const folder = mkdtempSync(join(tmpdir(), 'alpaca-account-'));

let vendor: AlpacaSandbox;
let server: SandboxServer;
beforeAll(async () => {
  vendor = createAlpacaSandbox({ now: () => now });
  server = await startSandboxServer(vendor);
});
beforeEach(() => vendor.reset());
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function parts(directory: string, values: Readonly<Record<string, unknown>> = {}) {
  const configProvider = new FakeConfiguration({
    'collection.source': 'alpaca',
    'alpaca.api_key_id': 'AN-ID',
    'alpaca.api_secret_key': 'A-SECRET',
    'alpaca.base_url': server.url,
    'alpaca.calls_per_minute': 1,
    'storage.data_directory': directory,
    ...values,
  });
  return { configProvider, clock: new VirtualClock({ start: now }), monitoring: new RecordingMonitoring() };
}

/** What a service that was just started is answered when it cannot wait. */
async function asked(directory: string, values?: Readonly<Record<string, unknown>>): Promise<unknown> {
  const collector = createCollector(parts(directory, values));
  try {
    return await collector.fetchBars(request, { patienceMs: 0 }).catch((error: unknown) => error);
  } finally {
    await collector.close?.();
  }
}

describe('the account at Alpaca', () => {
  it('keeps its count across restarts, under the id of the key, and names Alpaca when it is used up', async () => {
    const directory = mkdtempSync(join(folder, 'data-'));
    expect(await asked(directory)).toMatchObject({ length: 100 });
    for (const values of [{}, { 'alpaca.api_secret_key': 'A-NEW-SECRET' }]) {
      expect(await asked(directory, values)).toMatchObject({
        kind: 'rateLimit',
        reason: 'minuteQuota',
        details: { service: 'alpaca' },
        message: expect.stringContaining('no request was sent to Alpaca'),
      });
    }
    expect(vendor.requests).toHaveLength(1);
    expect(await asked(directory, { 'alpaca.api_key_id': 'ANOTHER-ID' })).toMatchObject({ length: 100 });
  });

  it('has the limits of the configuration, and none in the sandbox', async () => {
    const directory = mkdtempSync(join(folder, 'data-'));
    const account = accountOf(parts(directory));
    expect(await account?.quota.usage()).toMatchObject({ windows: [{ limit: 1, windowMs: 60_000, used: 0 }] });
    await account?.quota.close();
    const unlimited = accountOf(parts(directory, { 'alpaca.calls_per_minute': 'none' }));
    expect(await unlimited?.quota.usage()).toMatchObject({ windows: [] });
    await unlimited?.quota.close();
    const none = { 'alpaca.api_key_id': undefined, 'alpaca.api_secret_key': undefined, 'alpaca.base_url': undefined };
    expect(accountOf(parts(directory, none))).toBeUndefined();
  });
});
