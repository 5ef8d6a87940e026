import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { bodyOf, listen } from './listen.ts';

/** A request as the script sees it, before anything is done with it. */
export interface ProxiedRequest {
  /** Number of the request, from 0. */
  readonly index: number;
  /** The query in the URL, or else the body. */
  readonly sql: string;
}

/** What goes wrong with one request. */
export type Fault =
  /** The request is passed on late. */
  | { readonly fault: 'delay'; readonly milliseconds: number }
  /** The connection is reset; the server sees nothing. */
  | { readonly fault: 'reset' }
  /** The server gets half of the body, then both connections are cut. */
  | { readonly fault: 'cutRequest' }
  /** The server does it; the client gets the first half of the answer's body, then the connection is cut. */
  | { readonly fault: 'cutAnswer' }
  /** The server does it; the connection is reset instead of an answer. */
  | { readonly fault: 'applyThenReset' }
  /** The server does it; no answer ever comes, and the connection stays open. */
  | { readonly fault: 'applyThenTimeOut' }
  /** The server does it; a 200 comes with its answer and this exception behind it, marked when there is a tag. */
  | { readonly fault: 'exceptionInBody'; readonly exception: string; readonly tag?: string | undefined }
  /** The server sees nothing; this comes instead. */
  | { readonly fault: 'answer'; readonly status: number; readonly body: string };

export interface FaultProxy {
  readonly url: string;
  /** Called for each request from now on; `undefined` passes it on as it is. */
  script(next: (request: ProxiedRequest) => Fault | undefined): void;
  /** What came so far. */
  readonly requests: readonly ProxiedRequest[];
  /** Resolves when the server has done the next request that a fault did not keep from it. */
  nextApplied(): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An HTTP proxy in this process that does to each request what a script says. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let script: (request: ProxiedRequest) => Fault | undefined = () => undefined;
  const requests: ProxiedRequest[] = [];
  const waiting: (() => void)[] = [];

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const sql = new URL(incoming.url ?? '/', target).searchParams.get('query') ?? body.toString('utf8');
    const seen = { index: requests.length, sql };
    requests.push(seen);
    const fault = script(seen);
    switch (fault?.fault) {
      case 'answer':
        response.writeHead(fault.status).end(fault.body);
        return;
      case 'reset':
        incoming.socket.resetAndDestroy();
        return;
      case 'cutRequest':
        await sendHalf(target, incoming, body);
        incoming.socket.destroy();
        return;
      case 'delay':
        await delay(fault.milliseconds);
        break;
      default:
    }
    const answer = await forward(target, incoming, body);
    switch (fault?.fault) {
      case 'applyThenReset':
        incoming.socket.resetAndDestroy();
        break;
      case 'applyThenTimeOut':
        break;
      case 'cutAnswer':
        response.writeHead(answer.status, withoutLength(answer.headers));
        response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => incoming.socket.destroy());
        response.flushHeaders();
        break;
      case 'exceptionInBody':
        response.writeHead(200, {
          ...withoutLength(answer.headers),
          ...(fault.tag === undefined ? {} : { 'X-ClickHouse-Exception-Tag': fault.tag }),
        });
        response.end(Buffer.concat([answer.body, Buffer.from(inBody(fault.exception, fault.tag))]));
        break;
      default:
        response.writeHead(answer.status, withoutLength(answer.headers)).end(answer.body);
    }
    if (fault !== undefined) for (const wake of waiting.splice(0)) wake();
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  const { url, close } = await listen(server);
  return {
    url,
    requests,
    script: (next) => {
      script = next;
    },
    nextApplied: () => new Promise<void>((resolve) => waiting.push(resolve)),
    close,
  };
}

/** An exception behind an answer's rows, as servers from 25.11 on mark it, and as bare text as earlier ones leave it. */
function inBody(exception: string, tag: string | undefined): string {
  if (tag === undefined) return exception;
  const text = `${exception}\n`;
  return `\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`;
}

function withoutLength(headers: IncomingHttpHeaders): Record<string, string> {
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, 'keep-alive': ____, ...rest } = headers;
  return rest as Record<string, string>;
}

async function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method,
      headers: { ...withoutLength(incoming.headers), 'content-length': String(body.length) },
      agent: false,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      bodyOf(response).then(
        (answered) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: answered }),
        reject,
      );
    });
    outgoing.end(body);
  });
}

async function sendHalf(target: string, incoming: IncomingMessage, body: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    const outgoing = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method,
      headers: { ...withoutLength(incoming.headers), 'content-length': String(body.length) },
      agent: false,
    });
    outgoing.on('error', () => resolve());
    outgoing.on('close', () => resolve());
    outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
  });
}
