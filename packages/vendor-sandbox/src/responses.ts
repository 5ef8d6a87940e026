import type { SandboxResponse } from './sandbox-types.ts';

const JSON_HEADERS = { 'content-type': 'application/json' } as const;

/** A body as the vendor writes JSON, with HTTP 200: its errors have that status too. */
export function jsonResponse(body: unknown): SandboxResponse {
  return jsonTextResponse(JSON.stringify(body, undefined, 4));
}

/** JSON that is already text, with HTTP 200. */
export function jsonTextResponse(body: string): SandboxResponse {
  return { status: 200, headers: JSON_HEADERS, body };
}

/** A CSV download, with HTTP 200. */
export function csvResponse(body: string, fileName: string): SandboxResponse {
  const headers = {
    'content-type': 'application/x-download',
    'content-disposition': `attachment; filename=${fileName}`,
  };
  return { status: 200, headers, body };
}

/** An HTML page. */
export function htmlResponse(status: number, body: string): SandboxResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** An answer whose missing parts are filled in: status 200, and a content type guessed from the body. */
export function completeResponse(partial: Partial<SandboxResponse>): SandboxResponse {
  const body = partial.body ?? '';
  const headers: Record<string, string> = { 'content-type': guessContentType(body) };
  for (const [name, value] of Object.entries(partial.headers ?? {})) {
    headers[name.toLowerCase()] = value;
  }
  return { status: partial.status ?? 200, headers, body };
}

function guessContentType(body: string): string {
  const start = body.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) {
    return 'application/json';
  }
  return start.startsWith('<') ? 'text/html; charset=utf-8' : 'application/x-download';
}
