import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAlphaVantageSandbox, type Refusal } from '@quantumtrade/vendor-sandbox';

/**
 * What the vendor says to a request; `hang` never answers, a refusal is the sandbox's own in the vendor's words, and
 * `undefined` leaves the request to the sandbox.
 */
export type Answer =
  | { readonly status?: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | Refusal
  | undefined;

/** A vendor on the loopback that is no part of the service. */
export interface Vendor {
  readonly url: string;
  /** Every request that arrived, with its key. */
  readonly requests: readonly URL[];
  close(): Promise<void>;
}

/** Noon in New York on a Friday: the same bars on every day that the tests run. */
const instant = Date.UTC(2024, 0, 19, 17, 0);

export async function startVendor(answer: (url: URL) => Answer = () => undefined): Promise<Vendor> {
  const sandbox = createAlphaVantageSandbox({ now: () => instant });
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(url);
    const said = answer(url);
    if (said === 'hang') return;
    if (typeof said === 'string') sandbox.refuseNext(said);
    const own = typeof said === 'string' ? undefined : said;
    const { status = 200, body } = own ?? sandbox.handle({ url: url.href });
    response.writeHead(status, { 'content-type': 'application/json', ...(own?.headers ?? {}) });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/query`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
