import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { expect, it } from 'vitest';
import { composeAcmeService } from '../src/composition.ts';
import { createAcmeStandIn, standInKey } from '../src/stand-in.ts';

it('the service collects from the new vendor as from its own', { timeout: 30_000 }, async () => {
  const vendor = await startSandboxServer(createAcmeStandIn());
  const dataDirectory = await mkdtemp(join(tmpdir(), 'write-a-collector-'));
  const { service, close } = composeAcmeService({ baseUrl: vendor.url, apiKey: standInKey, dataDirectory });
  try {
    await service.start();
    const first = await service.collectSymbolData('IBM', '5min');
    expect(first).toMatchObject({ source: 'acme', collectedCount: 2, stored: 2, qualityScore: 100 });
    expect(await service.collectSymbolData('IBM', '5min')).toMatchObject({ stored: 0, unchanged: 2 });
    await expect(service.collectSymbolData('EUR/USD', 'daily')).rejects.toMatchObject({ reason: 'notOffered' });
    const { checks } = await service.healthCheck();
    expect(checks.map(({ name }) => name)).toContain('acme');
  } finally {
    await close();
    await vendor.close();
    await rm(dataDirectory, { recursive: true });
  }
});
