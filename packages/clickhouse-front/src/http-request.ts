import type { IncomingMessage } from 'node:http';

/** What a request of ClickHouse's HTTP interface asks for. */
export interface HttpQuery {
  readonly sql: string;
  /** The data of an insert; `undefined` where the body was the query. */
  readonly data: Buffer | undefined;
  readonly format: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly queryId: string | undefined;
}

/** Parameters of the URL that are neither settings of the engine nor values of placeholders. */
const ofTheInterface: ReadonlySet<string> = new Set([
  'query',
  'query_id',
  'default_format',
  'session_id',
  'role',
  'user',
  'password',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
]);

/** The query stands in the URL, in the body, or begins in the one and goes on in the other. */
export function parseHttpQuery(url: URL, body: Buffer): HttpQuery {
  const inUrl = url.searchParams.get('query')?.trim() ?? '';
  const takesData = /^INSERT\b/i.test(inUrl) && !/\bVALUES\s*\(/i.test(inUrl);
  const parameters: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters[name.slice('param_'.length)] = unescapeTabs(value);
    else if (/^[a-z_][a-z0-9_]*$/i.test(name) && !ofTheInterface.has(name) && name !== 'database')
      settings[name] = value;
  }
  return {
    sql: takesData ? inUrl : `${inUrl}${inUrl === '' ? '' : '\n'}${body.toString('utf8')}`.trim(),
    data: takesData ? body : undefined,
    format: url.searchParams.get('default_format') ?? 'TabSeparated',
    parameters,
    settings,
    queryId: url.searchParams.get('query_id') ?? undefined,
  };
}

/** Who asks, from the headers or the URL; ClickHouse calls somebody without a name `default`. */
export function credentialsOf(
  request: IncomingMessage,
  url: URL,
): { readonly user: string; readonly password: string } {
  const basic = /^Basic (.*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return { user: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  const header = (name: string): string | undefined => request.headers[name] as string | undefined;
  return {
    user: header('x-clickhouse-user') ?? url.searchParams.get('user') ?? 'default',
    password: header('x-clickhouse-key') ?? url.searchParams.get('password') ?? '',
  };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0', N: '\\N' };

/** Values of placeholders come in the form of tab-separated text. */
function unescapeTabs(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);
}
