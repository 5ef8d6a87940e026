import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server says to one request. */
export interface Answer {
  readonly body: string | Uint8Array;
  /** @default 200 */
  readonly status?: number;
  /** @default 'application/json' */
  readonly contentType?: string;
  /** Cuts the connection after the body's first half. */
  readonly cut?: boolean;
}

/** A vendor on the loopback that says exactly what it is told to say. */
export interface VendorServer {
  /** The whole endpoint, `/query` included. */
  readonly url: string;
  /** The parameters of every request so far, the key included. */
  readonly requests: readonly URLSearchParams[];
  /** Sets what requests for a symbol, or the base of a pair, are answered with from now on. */
  serve(symbol: string, answer: Answer): void;
  close(): Promise<void>;
}

/** Starts a server; symbols it was told nothing about get status 404. */
export async function startVendorServer(): Promise<VendorServer> {
  const requests: URLSearchParams[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://loopback');
    requests.push(searchParams);
    const answer = answers.get(searchParams.get('symbol') ?? searchParams.get('from_symbol') ?? '') ?? {
      status: 404,
      body: 'nothing is served here',
    };
    const body = Buffer.from(answer.body);
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.contentType ?? 'application/json',
      'content-length': body.length,
    });
    if (answer.cut !== true) response.end(body);
    else response.write(body.subarray(0, body.length / 2), () => response.destroy());
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/query`,
    requests,
    serve: (symbol, answer) => void answers.set(symbol, answer),
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
