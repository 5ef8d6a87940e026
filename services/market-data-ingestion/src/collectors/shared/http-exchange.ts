import http, { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';

export interface ExchangeOptions {
  /** Whose connections are used; `false` makes one for this request alone. */
  readonly agent: Agent | false;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  /** Bytes of body, as sent and as decompressed. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: Uint8Array;
}

/** Why there is no whole answer. */
export class ExchangeFailed extends Error {
  /** Whether the request met a kept-alive connection that was closed before it answered anything. */
  readonly metClosedConnection: boolean;

  constructor(cause: unknown, metClosedConnection: boolean) {
    super('no whole answer', { cause });
    this.metClosedConnection = metClosedConnection;
  }
}

/** The body is larger than it may be. */
export class BodyTooLarge extends Error {}

/**
 * One GET over Node's own client: its events and nothing around them, because in small answers a client with hooks,
 * retries and streams of its own costs more than all that is done with the answer. No redirects, no opinion about status.
 *
 * @throws ExchangeFailed, the cause being a {@link BodyTooLarge} or an error with a `code`; the signal's reason.
 */
export async function exchange(url: URL, options: ExchangeOptions): Promise<Exchanged> {
  const { signal, agent, headers } = options;
  signal?.throwIfAborted();
  const { request: send } = url.protocol === 'https:' ? https : http;
  const request = send(url, { agent, headers: { ...headers, 'accept-encoding': 'gzip, br' } });
  let answer: IncomingMessage | undefined;
  request.once('response', (response) => {
    answer = response;
  });
  const ended = Promise.withResolvers<never>();
  const onAbort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  const timer = setTimeout(() => ended.reject(timeout(options.timeoutMs)), options.timeoutMs);
  try {
    return await Promise.race([readAnswer(request, options.maxBytes), ended.promise]);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ExchangeFailed(cause, request.reusedSocket && answer === undefined && isReset(cause));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    // Does nothing to a connection that has given its answer and is kept.
    request.destroy();
  }
}

async function readAnswer(request: ClientRequest, maxBytes: number): Promise<Exchanged> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
  request.on('error', reject);
  request.once('response', (response) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    response.on('error', reject);
    response.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > maxBytes) reject(new BodyTooLarge());
      else chunks.push(chunk);
    });
    response.once('end', () => {
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, headers, body: Buffer.concat(chunks, size) });
    });
  });
  request.end();
  const answer = await promise;
  return { ...answer, body: await decompressed(answer, maxBytes) };
}

const decoders = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), br: promisify(brotliDecompress) };

async function decompressed({ headers, body }: Exchanged, maxBytes: number): Promise<Uint8Array> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (!Object.hasOwn(decoders, encoding) || body.length === 0) return body;
  try {
    return await decoders[encoding as keyof typeof decoders](body, { maxOutputLength: maxBytes, chunkSize: 65_536 });
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? new BodyTooLarge() : error;
  }
}

function timeout(milliseconds: number): Error {
  return Object.assign(new Error(`no end within ${milliseconds} ms`), { code: 'ETIMEDOUT' });
}

/** Whether the other side closed the connection. */
function isReset(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE';
}
