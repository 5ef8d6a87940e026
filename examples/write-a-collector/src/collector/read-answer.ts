import type { ServiceError } from '@quantumtrade/core-traits';
import { keyRefused, retryAfterOf, type VendorAnswer, vendorError } from '@quantumtrade/market-data-ingestion';
import { type BarRequest, type RawBars, rawBarsFromRows } from '@quantumtrade/shared-types';
import { acme } from './vendor.ts';

const columns = 'time,open,high,low,close,volume';

/** The bars of an answer, in the vendor's own text: a number that became a float would not be exact any more. */
export function readAnswer({ status, headers, body }: VendorAnswer, request: BarRequest, now: number): RawBars {
  if (status !== 200) throw refusalOf(status, headers['retry-after'], now);
  const [head, ...lines] = new TextDecoder().decode(body).trimEnd().split(/\r?\n/);
  if (head !== columns) throw refused('malformed', `sent something else than ${columns}`, status);
  if (lines.length === 0) throw refused('noData', `has no rows for ${request.symbol}`, status);
  const rows = lines.map((line) => {
    const cells = line.split(',');
    if (cells.length !== 6) throw refused('malformed', 'sent a row of another length', status);
    const [label, open, high, low, close, volume] = cells as [string, string, string, string, string, string];
    return { label, open, high, low, close, volume };
  });
  const { symbol, interval } = request;
  const series = { symbol, interval, source: acme.id, adjustment: 'raw' } as const;
  return rawBarsFromRows({ series, timeZone: 'America/New_York', barLabel: 'start' }, rows);
}

/** What the vendor's statuses mean. The reasons are those of every vendor, so nobody else has to know them. */
function refusalOf(status: number, retryAfter: string | undefined, now: number): ServiceError {
  if (status === 401) return keyRefused(acme, 'refuses the API key; set a valid one');
  if (status === 404) return refused('unknownRequest', 'does not know the symbol', status);
  if (status === 429) return refused('minuteQuota', 'says that these were too many requests', status, retryAfter, now);
  if (status >= 500) return refused('outage', `answers with status ${status}; try again later`, status);
  return refused('unknown', `answers with status ${status}`, status);
}

function refused(
  reason: Parameters<typeof vendorError>[0]['reason'],
  what: string,
  statusCode: number,
  retryAfter?: string,
  now = 0,
): ServiceError {
  return vendorError({ vendor: acme, reason, what, statusCode, retryAfterMs: retryAfterOf(retryAfter, now) });
}
