/**
 * A process that asks the vendor as often as its quota lets it: `node spend.ts <redis> <url> <limits> <scale> <ms>`.
 * Ends by printing how many requests it sent.
 */
import { systemClock } from '@quantumtrade/core-defaults';
import { createVendorHttp } from '../../../src/collectors/shared/http.ts';
import { QueuedQuota } from '../../../src/quota/queued-quota.ts';
import { type QuotaLimits, ratePlanOf } from '../../../src/quota/rate-plan.ts';
import { RedisLedger } from '../../../src/quota/redis-ledger.ts';
import { connectRedisScripts } from '../../../src/quota/redis-scripts.ts';

const [redis = '', address = '', limits = '{}', scale = '1', milliseconds = '0'] = process.argv.slice(2);
const scripts = connectRedisScripts(redis);
const plan = ratePlanOf(JSON.parse(limits) as QuotaLimits, Number(scale));
const quota = new QueuedQuota({
  ledger: new RedisLedger({ scripts, plan, account: 'two-processes' }),
  clock: systemClock,
  vendor: { id: 'vendor', name: 'the vendor' },
});
const http = createVendorHttp();
const end = performance.now() + Number(milliseconds);
const under = new Set<Promise<unknown>>();
let sent = 0;
process.stdout.write('ready\n');
while (performance.now() < end) {
  await quota.acquire();
  sent += 1;
  const request = http.get(new URL(address), { timeoutMs: 10_000 });
  under.add(request);
  void request.finally(() => under.delete(request));
}
await Promise.all(under);
http.close();
await quota.close();
process.stdout.write(`${JSON.stringify({ sent })}\n`);
