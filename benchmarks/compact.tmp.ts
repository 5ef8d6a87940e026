import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { makeBars } from './measure/bars.ts';
import { openEngine } from './measure/engine.ts';
import { vendorBody } from './ingest/vendor-body.ts';
import { createRedactor, systemClock, createConfigurationProvider, createErrorHandler, createMonitoring } from '@quantumtrade/core-defaults';
import { Redacted } from '@quantumtrade/core-traits';
import { AlphaVantageCollector, QualityProcessor, unlimited, collectAll, createService } from '@quantumtrade/market-data-ingestion';
import { configurationOptions } from '../services/market-data-ingestion/src/configuration/configuration-options.ts';
import { instruments } from '../services/market-data-ingestion/src/instruments.ts';
import { errorPolicyOf } from '../services/market-data-ingestion/src/configuration/error-policy.ts';
const count = Number(process.argv[2] ?? 500), rounds = Number(process.argv[3] ?? 6), concurrency = Number(process.argv[4] ?? 50);
const perPayload = Number(process.argv[5] ?? 100);
const engine = await openEngine();
const bars = makeBars(perPayload);
const bodies = new Map<string, Uint8Array>();
const makeCollector = (http: any, baseUrl: string) => new AlphaVantageCollector({
  settings: { baseUrl, apiKey: new Redacted('a-key-of-the-benchmark'), source: 'benchmark', timeoutMs: 30000, defaultOutputSize: 'full', barLabel: 'start', dataType: 'json' },
  quota: unlimited, http, clock: systemClock, redact: createRedactor(() => []) } as any);
const processor = new QualityProcessor({ settings: { minQualityScore: 70, enableValidation: true, maxPriceDeviationPercent: 10, minVolumeThreshold: 1000, enableDeduplication: true } });
const memoryHttp = { get: async (url: URL) => ({ status: 200, headers: {}, body: bodies.get(url.searchParams.get('symbol')!)! }), close() {} };
const server = createServer((req, res) => { const u = new URL(req.url!, 'http://x'); const b = bodies.get(u.searchParams.get('symbol')!)!; res.writeHead(200, { 'content-type': 'application/json', 'content-length': b.length }); res.end(b); });
await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
const port = (server.address() as any).port;
const fromBytes = makeCollector(memoryHttp, 'https://vendor.invalid/query');
async function service(http: any, baseUrl: string) {
  const configProvider = createConfigurationProvider(configurationOptions({ environment: {} } as any));
  const monitoring = createMonitoring({ service: 'x', instruments, level: 'silent', format: 'json', redact: createRedactor(() => []) } as any);
  const errorHandler = createErrorHandler({ monitoring, clock: systemClock, service: 'x', policy: () => errorPolicyOf(configProvider) });
  return createService({ configProvider, databaseManager: engine.manager, errorHandler, monitoring, clock: systemClock, collector: makeCollector(http, baseUrl), processor });
}
const { createVendorHttp } = await import('../services/market-data-ingestion/src/collectors/shared/http.ts');
const mem = await service(memoryHttp, 'https://vendor.invalid/query'); await mem.start();
const net = await service(createVendorHttp(), `http://127.0.0.1:${port}/query`); await net.start();
const pool = async (symbols: string[], f: (s: string) => Promise<void>) => { const rest = [...symbols]; await Promise.all(Array.from({ length: concurrency }, async () => { for (let s = rest.pop(); s !== undefined; s = rest.pop()) await f(s); })); };
const direct = async (symbol: string) => {
  const raw = await fromBytes.fetchBars({ symbol, interval: '5min', adjusted: false, outputSize: 'compact' });
  const { accepted } = processor.process(raw);
  await engine.manager.clickhouse.insertMarketData(accepted, { batchId: randomUUID(), acceptedAt: Date.now() });
};
const routes: [string, (s: string) => Promise<void>][] = [
  ['bytes', direct], ['bytes again', direct],
  ['service mem', async (s) => void (await mem.collectSymbolData(s, '5min'))],
  ['service mem again', async (s) => void (await mem.collectSymbolData(s, '5min'))],
  ['service http', async (s) => void (await net.collectSymbolData(s, '5min'))],
].filter(([n]) => process.env.ONLY === undefined || process.env.ONLY.split(',').includes(n as string)) as any;
const t = new Map<string, number[]>(); const cpu = new Map<string, number[]>();
const loop = monitorEventLoopDelay({ resolution: 1 });
for (let r = 0; r < rounds; r++) for (const [name, f] of routes) {
  const key = name.replace(' again', '').replace(' ', '').toUpperCase();
  const symbols = Array.from({ length: count }, (_, i) => `${key}${r}X${i}`);
  for (const s of symbols) if (!bodies.has(s)) bodies.set(s, vendorBody(s, bars));
  loop.enable(); const c0 = process.cpuUsage();
  const b = performance.now(); await pool(symbols, f); const w = performance.now() - b;
  loop.disable(); const c = process.cpuUsage(c0);
  (t.get(name) ?? t.set(name, []).get(name)!).push(count * perPayload / w * 1000);
  (cpu.get(name) ?? cpu.set(name, []).get(name)!).push(count * perPayload / ((c.user + c.system) / 1000) * 1000);
  if (!name.includes('again')) { const [row] = await engine.rows<any>(`SELECT count() AS n FROM market_data.bars WHERE startsWith(symbol, '${key}${r}X')`); if (Number(row.n) !== count * perPayload) throw new Error(`${name}: ${row.n}`); }
  if (!name.includes('again')) continue; for (const s of symbols) bodies.delete(s);
}
const med = (a: number[]) => a.slice(1).sort((x, y) => x - y)[Math.floor((a.length - 1) / 2)]!;
for (const [k, v] of t) console.log(k.padEnd(20), 'bars/s med', med(v).toFixed(0).padStart(8), 'max', Math.max(...v).toFixed(0).padStart(8), 'per cpu s', med(cpu.get(k)!).toFixed(0).padStart(8));
console.log('loop p99 ms', loop.percentile(99) / 1e6, 'max', loop.max / 1e6, 'rss', process.memoryUsage().rss / 1e6);
await mem.stop(); await net.stop(); server.close(); await engine.close();
