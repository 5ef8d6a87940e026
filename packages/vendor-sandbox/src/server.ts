import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxRequest, SandboxResponse } from './sandbox-types.ts';

/** Where the server listens. */
export interface SandboxServerOptions {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /**
   * 0 takes any free port.
   * @default 0
   */
  readonly port?: number;
}

/** What can be served: every sandbox of this package. */
export interface ServedSandbox {
  /** What the server waits before each answer, in milliseconds. */
  readonly latencyMs: number;
  /**
   * The path that the server's address ends in.
   * @default '/query'
   */
  readonly endpoint?: string;
  handle(request: SandboxRequest): SandboxResponse;
}

/** A sandbox that answers over HTTP. */
export interface SandboxServer {
  /** The endpoint, to use in place of the vendor's: `http://127.0.0.1:<port>/query`, and without a path for Alpaca. */
  readonly url: string;
  /** Stops listening and ends every connection, waiting answers included. Calling it again changes nothing. */
  close(): Promise<void>;
}

/**
 * Serves a sandbox over HTTP, each answer after the sandbox's `latencyMs`.
 *
 * @throws the system's error, such as EADDRINUSE, when it cannot listen
 */
export async function startSandboxServer(
  sandbox: ServedSandbox,
  options: SandboxServerOptions = {},
): Promise<SandboxServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const server = createServer((request, response) => {
    // A body is never read; draining it lets the connection be used again.
    request.resume();
    const timer = setTimeout(() => {
      send(response, answerSafely(sandbox, request));
    }, sandbox.latencyMs);
    response.once('close', () => clearTimeout(timer));
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    } else {
      socket.destroy();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(server.address() as AddressInfo, sandbox.endpoint ?? '/query'),
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

function answerSafely(sandbox: ServedSandbox, request: IncomingMessage): SandboxResponse {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value[0] : value;
  try {
    return sandbox.handle({ url: request.url ?? '/', method: request.method ?? 'GET', headers });
  } catch {
    // Only a clock that throws or an impossible time gets here; one bad answer must not end the server.
    return { status: 500, headers: { 'content-type': 'text/plain' }, body: 'The sandbox failed.\n' };
  }
}

function send(response: ServerResponse, answer: SandboxResponse): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

function urlOf({ address, family, port }: AddressInfo, endpoint: string): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${endpoint}`;
}
