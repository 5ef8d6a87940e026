import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ServiceError } from '@quantumtrade/core-traits';
import got, { type Got } from 'got';
import { alphaVantage } from '../alpha-vantage/vendor.ts';
import type { Vendor } from './vendor.ts';

/** An answer as it came, decompressed. */
export interface VendorAnswer {
  readonly status: number;
  /** By lower-case name; repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface VendorHttpOptions {
  /** Milliseconds for the whole exchange, from name resolution to the last byte. */
  readonly timeoutMs: number;
  /**
   * Bytes of body after decompression; one more and the request ends.
   *
   * @default 67108864
   */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Sent with the request; may hold secrets, which no error repeats. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Waited for before a request is sent again because its kept-alive connection turned out to be closed. Without it, and
   * when it rejects, nothing is sent again.
   */
  readonly beforeResend?: (() => Promise<void>) | undefined;
}

/**
 * One GET at a time: no redirects, no opinion about status codes, and no retries but one: a request that met a kept-alive
 * connection which the other side had just closed.
 */
export interface VendorHttp {
  /**
   * The answer, whatever its status. Plain http goes to the loopback only.
   *
   * @throws ServiceError of kind `externalApi`: reason `outage` (retryable) when no whole answer arrived, `malformed`
   * when it was too large or could not be decompressed; of kind `configuration`, reason `invalidBaseUrl`, for plain http
   * to another host. Rejects with the signal's reason when aborted.
   */
  get(url: URL, options: VendorHttpOptions): Promise<VendorAnswer>;
  /** Closes idle connections. */
  close(): void;
}

const defaultMaxBytes = 64 * 1024 * 1024;

/** Vendors close idle connections after 5 s or so: closing first avoids sending into a dead one. */
const defaultIdleMs = 3500;

export interface VendorHttpSettings {
  /**
   * Milliseconds after which an unused connection is closed.
   *
   * @default 3500
   */
  readonly idleMs?: number | undefined;
}

/** A {@link VendorHttp} on got with connections of its own. TLS certificates are verified. Errors name `vendor`. */
export function createVendorHttp(
  vendor: Vendor = alphaVantage,
  { idleMs = defaultIdleMs }: VendorHttpSettings = {},
): VendorHttp {
  const agent = {
    http: new HttpAgent({ keepAlive: true, timeout: idleMs }),
    https: new HttpsAgent({ keepAlive: true, timeout: idleMs, rejectUnauthorized: true }),
  };
  const client = got.extend({
    agent,
    followRedirect: false,
    retry: { limit: 0 },
    throwHttpErrors: false,
    headers: { 'user-agent': 'quantumtrade-market-data' },
  });
  return {
    get: async (url, options) => {
      refusePlainHttp(vendor, url);
      return await fetchAnswer({ client, vendor }, url, options);
    },
    close: () => {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

async function fetchAnswer(
  { client, vendor }: { readonly client: Got; readonly vendor: Vendor },
  url: URL,
  options: VendorHttpOptions,
): Promise<VendorAnswer> {
  const { timeoutMs, maxBytes = defaultMaxBytes, signal, headers, beforeResend } = options;
  signal?.throwIfAborted();
  const stream = client.stream(url, {
    timeout: { request: timeoutMs },
    ...(signal && { signal }),
    ...(headers && { headers: { ...headers } }),
  });
  let request: ClientRequest | undefined;
  stream.once('request', (sent: ClientRequest) => {
    request = sent;
  });
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(vendor, maxBytes);
      chunks.push(chunk);
    }
    const { response } = stream;
    if (response === undefined) throw new Error('the connection ended without an answer');
    return { status: response.statusCode, headers: flatten(response.headers), body: Buffer.concat(chunks, size) };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const failure = error instanceof ServiceError ? error : transportError(vendor, error, url);
    const stale = request?.reusedSocket === true && stream.response === undefined && isReset(error);
    if (!stale || beforeResend === undefined || !(await granted(beforeResend, signal))) throw failure;
    // Once: the second time no connection is taken that was used before.
    const fresh = client.extend({ agent: noAgents });
    return await fetchAnswer({ client: fresh, vendor }, url, { timeoutMs, maxBytes, signal, headers });
  } finally {
    stream.destroy();
  }
}

/** A connection for one request alone. */
const noAgents = { http: false, https: false } as const;

/** Whether the other side closed the connection before it answered anything. */
function isReset(error: unknown): boolean {
  const { cause, code } = error as { cause?: { code?: unknown }; code?: unknown };
  const resets = new Set<unknown>(['ECONNRESET', 'EPIPE']);
  return resets.has(code) || resets.has(cause?.code);
}

async function granted(beforeResend: () => Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await beforeResend();
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The key travels with the request: it must not go over a network in clear. */
function refusePlainHttp(vendor: Vendor, { protocol, hostname }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname))) return;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'invalidBaseUrl',
    message: `${vendor.name} must be asked over https; plain http is for the loopback only`,
  });
}

function flatten(headers: NodeJS.Dict<string | string[]>): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

function tooLarge(vendor: Vendor, maxBytes: number): ServiceError {
  return new ServiceError({
    kind: 'externalApi',
    api: vendor.id,
    reason: 'malformed',
    retryable: false,
    message: `the answer of ${vendor.name} is larger than ${maxBytes} bytes and was not read to its end; ask for less`,
  });
}

/** got's own errors hold the request with its URL and so the key: only their code and cleaned text go on. */
function transportError(vendor: Vendor, error: unknown, url: URL): ServiceError {
  const { cause, message = '', ...given } = error as { cause?: { code?: unknown }; code?: unknown; message?: string };
  const code = String(cause?.code ?? given.code ?? 'ERR_UNKNOWN');
  const text = withoutUrl(message, url);
  const broken = /^(Z_|ZSTD_|ERR_BROTLI|ERR__ERROR)/.test(code);
  return new ServiceError({
    kind: 'externalApi',
    api: vendor.id,
    reason: broken ? 'malformed' : 'outage',
    retryable: true,
    message: broken
      ? `the answer of ${vendor.name} could not be decompressed (${code}); try again later`
      : `no whole answer from ${vendor.name} (${code}: ${text}); check the network or try again later`,
    cause: new Error(`${code}: ${text}`),
  });
}

function withoutUrl(message: string, url: URL): string {
  let text = message.replaceAll(url.href, '[url]').replaceAll(url.search || url.href, '[query]');
  for (const secret of [url.searchParams.get('apikey'), url.password]) {
    if (secret) text = text.replaceAll(secret, '[redacted]').replaceAll(encodeURIComponent(secret), '[redacted]');
  }
  return text.replaceAll(/\p{C}+/gu, ' ').slice(0, 200);
}
