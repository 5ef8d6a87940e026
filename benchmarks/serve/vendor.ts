import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vendorBody } from '../ingest/vendor-body.ts';
import { makeBars } from '../measure/bars.ts';

/** How many bars each answer has. */
export const barsOfAnswer = 5000;

/** A vendor on the loopback that answers every request at once with the same bars of the symbol it is asked for. */
export async function startVendor(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const [before = '', after = ''] = Buffer.from(vendorBody('THE_SYMBOL', makeBars(barsOfAnswer)))
    .toString()
    .split('THE_SYMBOL');
  const server = createServer((request, response) => {
    const symbol = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('symbol');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`${before}${symbol}${after}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/query`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
