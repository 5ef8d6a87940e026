import type { RecordedRequest, SandboxRequest } from './sandbox-types.ts';

/** A request taken apart; the API key stands alone so that nothing else can carry it. */
export interface ParsedRequest {
  readonly method: string;
  /** Without a trailing slash. */
  readonly path: string;
  /** Empty when the request has none. */
  readonly apiKey: string;
  readonly function: string;
  /** The base of a pair. */
  readonly symbol: string;
  /** Every query parameter except the API key. */
  readonly params: Readonly<Record<string, string>>;
}

// Paths and bare queries resolve against this; the name can never exist.
const BASE = 'http://sandbox.invalid/query';

/** Takes a request apart, or gives `undefined` when its URL cannot be read. */
export function parseRequest(request: SandboxRequest): ParsedRequest | undefined {
  if (!URL.canParse(request.url, BASE)) {
    return undefined;
  }
  const url = new URL(request.url, BASE);
  const values = new Map<string, string>();
  let apiKey = '';
  for (const [name, value] of url.searchParams) {
    if (name.toLowerCase() === 'apikey') {
      apiKey ||= value;
    } else if (!values.has(name)) {
      values.set(name, value);
    }
  }
  return {
    method: (request.method ?? 'GET').toUpperCase(),
    path: url.pathname.replace(/\/+$/, ''),
    apiKey,
    function: values.get('function') ?? '',
    symbol: values.get('symbol') ?? values.get('from_symbol') ?? '',
    params: Object.fromEntries(values),
  };
}

/** What is kept of a request: everything but the API key. */
export function recordOf(request: ParsedRequest, at: number): RecordedRequest {
  return { at, function: request.function, symbol: request.symbol, params: request.params };
}
