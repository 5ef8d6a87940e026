/**
 * A collector for a vendor that this project does not know, used by the service like its own: its bars are scored, stored
 * once and counted, and its refusals become errors. Run it with `pnpm example:write-a-collector`; it needs no network and
 * leaves nothing behind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isServiceError } from '@quantumtrade/core-traits';
import { startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { composeAcmeService } from './composition.ts';
import { createAcmeStandIn, standInKey } from './stand-in.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const vendor = await startSandboxServer(createAcmeStandIn());
const dataDirectory = await mkdtemp(join(tmpdir(), 'write-a-collector-'));
const { service, close } = composeAcmeService({ baseUrl: vendor.url, apiKey: standInKey, dataDirectory });
try {
  await service.start();
  for (const symbol of ['IBM', 'IBM', 'NOWHERE']) {
    try {
      const { source, stored, unchanged, qualityScore } = await service.collectSymbolData(symbol, 'daily');
      print(`${symbol}: ${stored} bars of ${source} stored, ${unchanged} unchanged, score ${qualityScore}`);
    } catch (error) {
      print(`${symbol}: ${isServiceError(error) ? `${error.kind}/${error.reason}, ${error.message}` : error}`);
    }
  }
  const { checks } = await service.healthCheck();
  print(checks.map(({ name, status }) => `${name} ${status}`).join(', '));
} finally {
  await close();
  await vendor.close();
  await rm(dataDirectory, { recursive: true });
}
