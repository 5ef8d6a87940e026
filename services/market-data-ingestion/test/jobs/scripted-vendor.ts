import type { VirtualClock } from '@quantumtrade/core-testing';
import { createAlphaVantageSandbox } from '@quantumtrade/vendor-sandbox';
import type { VendorHttp } from '../../src/collectors/shared/http.ts';

/** One call that reached the vendor. */
interface VendorCall {
  readonly symbol: string;
  readonly month: string;
  /** `bars`, or how it was refused. */
  readonly answer: 'bars' | 'outage' | 'dailyQuota';
}

/** A vendor with holes, troubles and a limit of its own, without a socket. */
export interface ScriptedVendor {
  readonly http: VendorHttp;
  readonly calls: readonly VendorCall[];
  /** Whether the vendor has the bar that begins at a label such as `2022-03-01 10:00:00`, New York time. */
  has(symbol: string, label: string): boolean;
}

/** Bars that the vendor never had: BBB's of 09:00 on the 15th, and a day of CCC. */
const holes: readonly RegExp[] = [/^BBB \d{4}-\d{2}-15 09:/, /^CCC 2022-10-12 /];
/** Months for which the vendor is always away. */
const neverAnswered = 'BBB 2022-05';

/** @param perDay calls that the vendor answers within 24 hours. */
export function scriptedVendor(clock: VirtualClock, perDay: number): ScriptedVendor {
  const sandbox = createAlphaVantageSandbox({ now: () => clock.now(), quota: { perDay } });
  const calls: VendorCall[] = [];
  const has = (symbol: string, label: string): boolean => !holes.some((hole) => hole.test(`${symbol} ${label}`));

  const answerOf = (url: URL): { answer: VendorCall['answer']; body: string; status: number } => {
    const [symbol = '', month = ''] = ['symbol', 'month'].map((name) => url.searchParams.get(name) ?? '');
    const { body, status } = sandbox.handle({ url: url.href });
    if (body.includes('requests per day')) return { answer: 'dailyQuota', status, body };
    // Every ninth call meets a vendor that is away.
    if (calls.length % 9 === 4 || `${symbol} ${month}` === neverAnswered) {
      return { answer: 'outage', status: 503, body: '<html>Service Unavailable</html>' };
    }
    return { answer: 'bars', status, body: withoutHoles(body, (label) => has(symbol, label)) };
  };

  return {
    calls,
    has,
    http: {
      get: async (url) => {
        const { answer, body, status } = answerOf(url);
        const { searchParams } = url;
        calls.push({ symbol: searchParams.get('symbol') ?? '', month: searchParams.get('month') ?? '', answer });
        return { status, headers: { 'content-type': 'application/json' }, body: new TextEncoder().encode(body) };
      },
      close: () => {},
    },
  };
}

function withoutHoles(body: string, has: (label: string) => boolean): string {
  const series = JSON.parse(body) as Record<string, Record<string, unknown>>;
  for (const [name, rows] of Object.entries(series)) {
    if (!name.startsWith('Time Series')) continue;
    series[name] = Object.fromEntries(Object.entries(rows).filter(([label]) => has(label)));
  }
  return JSON.stringify(series);
}
