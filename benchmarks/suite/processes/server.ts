/**
 * ClickHouse's HTTP interface in a process of its own: the embedded engine behind the front. Tells its address, and ends
 * and removes its directory when nobody listens.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouseFront } from '@quantumtrade/clickhouse-front';

const directory = await mkdtemp(join(tmpdir(), 'market-data-benchmark-server-'));
const front = await startClickHouseFront({ directory });
process.once('disconnect', async () => {
  await front.close();
  await rm(directory, { recursive: true, force: true });
});
process.send?.(front.url);
