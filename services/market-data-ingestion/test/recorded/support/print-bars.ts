// Run as a process of its own, so that TZ is the host's zone from its first moment on: collects series over HTTP with the
// whole service and prints what was stored. Arguments: the vendor's endpoint, a data directory, and requests as JSON.
import { startWholeService } from './whole-service.ts';

/** A series to collect. */
export interface PrintRequest {
  readonly symbol: string;
  readonly interval: string;
  readonly adjusted: boolean;
}

/** What the process prints, as JSON. */
export interface PrintedBars {
  /** Minutes between the host's time and UTC at midwinter: proof of the zone it ran in. */
  readonly offsetMinutes: number;
  /** For each request, in order: each bar's open time in UTC and its session date. */
  readonly series: readonly (readonly string[])[];
  /** For each request, in order: the label and the broken rules of each rejected row. */
  readonly rejected: readonly (readonly string[])[];
}

const [baseUrl = '', dataDirectory = '', requests = '[]'] = process.argv.slice(2);
const whole = await startWholeService({ baseUrl, dataDirectory });
const store = whole.databaseManager.clickhouse;
const series: string[][] = [];
const rejected: string[][] = [];
for (const { symbol, interval, adjusted } of JSON.parse(requests) as PrintRequest[]) {
  const result = await whole.service.collectSymbolData(symbol, interval, { adjusted, outputSize: 'full' });
  const bars = await store.getMarketData({
    symbol,
    interval: result.interval,
    source: result.source,
    adjustment: adjusted ? 'adjusted' : 'raw',
  });
  series.push(bars.map(({ openTime, sessionDate }) => `${openTime.toISO()} ${sessionDate}`));
  const rows = await store.getQuarantine({ symbol });
  rejected.push(rows.map(({ label, brokenRules }) => `${label} ${brokenRules.join(' ')}`));
}
await whole.close();
const printed: PrintedBars = { offsetMinutes: new Date(2024, 0, 15).getTimezoneOffset(), series, rejected };
process.stdout.write(JSON.stringify(printed));
