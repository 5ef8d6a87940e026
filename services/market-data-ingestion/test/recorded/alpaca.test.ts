import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VirtualClock } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import { type BarRequest, textAt } from '@quantumtrade/shared-types';
import { createAlpacaSandbox, startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { describe, expect, it } from 'vitest';
import { AlpacaCollector, createVendorHttp, QualityProcessor, unlimited } from '../../src/index.ts';

const recorded = resolve(import.meta.dirname, '../../../../../shared/fixtures/alpaca/bars');
const file = (name: string): string => readFileSync(resolve(recorded, `alpacahq__trade-api-go_${name}.json`), 'utf8');

/** Serves recorded pages in turn over HTTP and collects them as one request. */
async function collect(request: BarRequest, ...pages: readonly string[]) {
  const sandbox = createAlpacaSandbox();
  for (const body of pages) sandbox.answerNext(body);
  const server = await startSandboxServer(sandbox);
  const collector = new AlpacaCollector({
    settings: {
      source: 'alpaca',
      baseUrl: server.url,
      keyId: new Redacted('key-id'),
      secretKey: new Redacted('secret-key'),
      timeoutMs: 5000,
      feed: 'sip',
      defaultOutputSize: 'full',
      maxPages: 5,
    },
    quota: unlimited,
    http: createVendorHttp(),
    clock: new VirtualClock({ start: Date.UTC(2022, 5, 14) }),
    redact: (text) => text,
  });
  try {
    return { bars: await collector.fetchBars(request), requests: [...sandbox.requests] };
  } finally {
    await collector.close();
    await server.close();
  }
}

/** Every bar of a page as text, its numbers cut out of the body and not parsed: oldest first. */
function barsIn(body: string, symbol: string): string[] {
  const list = body.slice(body.indexOf(`"${symbol}":[`)).split(']')[0] as string;
  return [...list.matchAll(/"t":"([^"]+)","o":([^,]+),"h":([^,]+),"l":([^,]+),"c":([^,]+),"v":([^,]+),/g)].map(
    (found) => found.slice(1).join(' '),
  );
}

const processor = new QualityProcessor({
  settings: {
    minQualityScore: 0,
    enableValidation: true,
    maxPriceDeviationPercent: 10,
    minVolumeThreshold: 1000,
    enableDeduplication: true,
  },
});

describe.skipIf(!existsSync(recorded))('recorded bars of Alpaca (recorded payloads absent)', () => {
  it.each([
    ['AAPL-NIO_2021-10-13_7', 'AAPL', 'daily', 3],
    ['AAPL-NIO_2021-10-13_7', 'NIO', 'daily', 3],
    ['AMZN_2021-10-15_4', 'AMZN', '15min', 5],
    ['BCHUSD_2021-11-11_14', 'BCH/USD', '1min', 11],
  ] as const)(
    '%s gives every bar of %s with the digits that the vendor wrote',
    async (name, symbol, interval, rows) => {
      const body = file(name);
      const { bars } = await collect({ symbol, interval, adjusted: false }, body);
      const { open, high, low, close, volume } = bars.values;
      const expected = barsIn(body, symbol);
      expect(expected).toHaveLength(rows);
      const length = interval === 'daily' ? 10 : 19;
      const read = Array.from({ length: bars.length }, (_, row) =>
        [bars.label, open, high, low, close, volume].map((column) => textAt(bars, column, row)).join(' '),
      );
      expect(read).toEqual(expected.map((line) => line.slice(0, length) + line.slice(line.indexOf(' '))));

      const { accepted, collected, quarantined, duplicates } = processor.process(bars);
      expect({ collected, quarantined, duplicates }).toEqual({ collected: rows, quarantined: [], duplicates: 0 });
      expect([...accepted.openTime]).toEqual(expected.map((line) => Date.parse(line.split(' ')[0] as string)));
    },
  );

  it('META in two pages is one answer; the token leads from the first to the second', async () => {
    const second = file('META_2022-06-10_6');
    const last = second.replace(/"next_page_token":"[^"]+"/, '"next_page_token":null');
    const { bars, requests } = await collect(
      { symbol: 'META', interval: 'daily', adjusted: false },
      file('META_2022-06-08_5'),
      last,
    );
    const labels = Array.from({ length: bars.length }, (_, row) => textAt(bars, bars.label, row));
    expect(labels).toEqual(['2022-06-08', '2022-06-09', '2022-06-10', '2022-06-13']);
    expect(requests.map(({ params }) => params.page_token)).toEqual([
      undefined,
      'TUVUQXxEfDIwMjItMDYtMDlUMDQ6MDA6MDAuMDAwMDAwMDAwWg==',
    ]);
  });
});
