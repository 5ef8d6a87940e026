import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeBars } from '../measure/bars.ts';
import { payloadOf } from '../measure/payload.ts';

/** How many bars each answer has. */
export const barsOfAnswer = 5000;

/** A vendor on the loopback that answers every request at once with the same bars of the symbol it is asked for. */
export async function startVendor(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const payload = payloadOf(makeBars(barsOfAnswer));
  const server = createServer((request, response) => {
    const symbol = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('symbol') ?? '';
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(payload.body(symbol));
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
