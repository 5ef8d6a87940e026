import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { composeHost } from '../src/host/composition.ts';
import { TallyMonitoring } from '../src/host/tally-monitoring.ts';

const dataDirectory = await mkdtemp(join(tmpdir(), 'swap-a-provider-'));

afterAll(async () => {
  await rm(dataDirectory, { recursive: true });
});

describe('a host with its own monitoring', () => {
  it('hears everything that the ingestion service counts and logs', { timeout: 30_000 }, async () => {
    const monitoring = new TallyMonitoring();
    const { service, close } = composeHost(monitoring, dataDirectory);
    await service.start();
    try {
      expect(service.source).toBe('alpha_vantage_sandbox');
      const { stored } = await service.collectSymbolData('AAPL', 'daily');
      expect(stored).toBe(100);
      expect(monitoring.total('data_points_stored_total')).toBe(stored);
      await expect(service.collectSymbolData('INVALID', 'daily')).rejects.toMatchObject({ reason: 'unknownRequest' });
      expect(monitoring.total('errors_total')).toBe(1);
    } finally {
      await close();
    }
    expect(monitoring.lines[0]).toBe('info service started');
    expect(monitoring.lines.some((line) => line.startsWith('error '))).toBe(true);
    expect(monitoring.lines.at(-1)).toBe('info service stopped');
  });
});
