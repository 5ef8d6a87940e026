import type { SandboxRequest, SandboxResponse, ServedSandbox } from '@quantumtrade/vendor-sandbox';

/** The key that the stand-in knows. */
export const standInKey = 'acme-example-key';

/** A vendor that can be told what to do. */
export interface AcmeStandIn extends ServedSandbox {
  /** How many requests have reached it. */
  readonly requestCount: number;
  /** Answers the next request with this status and body. */
  answerNext(status: number, body?: string, headers?: Readonly<Record<string, string>>): void;
}

const known = new Set(['AAPL', 'IBM', 'MSFT']);

const rows: Readonly<Record<string, string>> = {
  daily: '2024-01-02,187.15,188.44,183.885,185.64,82488700\n2024-01-03,184.22,185.88,183.43,184.25,58414500\n',
  '5min': '2024-01-02 09:30:00,187.15,187.9,186.9,187.7,1500000\n2024-01-02 09:35:00,187.7,187.8,187.2,187.4,900000\n',
};

/** Answers as Acme Markets would, to be served by `startSandboxServer`. */
export function createAcmeStandIn(): AcmeStandIn {
  let requestCount = 0;
  let next: SandboxResponse | undefined;
  const answer = ({ url, headers }: SandboxRequest): SandboxResponse => {
    const { pathname, searchParams } = new URL(url, 'http://acme.example');
    const symbol = /^\/bars\/([^/]+)\.csv$/.exec(decodeURIComponent(pathname))?.[1] ?? '';
    if (headers?.['x-api-key'] !== standInKey) return { status: 401, headers: {}, body: '' };
    if (!known.has(symbol)) return { status: 404, headers: {}, body: '' };
    const body = `time,open,high,low,close,volume\n${rows[searchParams.get('interval') ?? ''] ?? ''}`;
    return { status: 200, headers: { 'content-type': 'text/csv' }, body };
  };
  return {
    latencyMs: 0,
    endpoint: '/',
    get requestCount() {
      return requestCount;
    },
    answerNext: (status, body = '', headers = {}) => {
      next = { status, headers, body };
    },
    handle: (request) => {
      requestCount += 1;
      const told = next;
      next = undefined;
      return told ?? answer(request);
    },
  };
}
