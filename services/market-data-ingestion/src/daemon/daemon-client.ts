import { isServiceError, ServiceError } from '@quantumtrade/core-traits';
import { eventsIn, type ServerEvent } from './server-events.ts';

/** What a request may say in its query; `undefined` is left out, and a list is said one by one. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface DaemonClientDependencies {
  /** The process that is asked. */
  readonly pid: number;
  /** Where its interface is, such as `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly token: string;
}

/**
 * Asks a running daemon. Every method throws what the daemon refused or failed with, as the `ServiceError` that it was
 * there, and kind `system`, reason `daemonGone`, when the daemon does not answer.
 */
export class DaemonClient {
  readonly pid: number;
  readonly #address: string;
  readonly #token: string;

  constructor({ pid, address, token }: DaemonClientDependencies) {
    this.pid = pid;
    this.#address = address;
    this.#token = token;
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return await this.#json('GET', path, { query });
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return await this.#json('POST', path, { body });
  }

  async delete<T>(path: string): Promise<T> {
    return await this.#json('DELETE', path, {});
  }

  /** All rows of a list, or the first `limit`, page by page. */
  async list<T>(
    path: string,
    query: Query,
    { limit, page }: { limit?: number | undefined; page: number },
  ): Promise<T[]> {
    const rows: T[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const left = limit === undefined ? page : Math.min(page, limit - rows.length);
      if (left <= 0) break;
      const answer: { items: T[]; nextCursor: string | null } = await this.get(path, { ...query, limit: left, cursor });
      for (const row of answer.items) rows.push(row);
      cursor = answer.nextCursor;
    }
    return rows;
  }

  /** What is told on an event stream, until its end or until the signal aborts. */
  async *events(path: string, signal?: AbortSignal): AsyncGenerator<ServerEvent> {
    try {
      const { body } = await this.#ask('GET', path, { signal });
      if (body === null) return;
      yield* eventsIn(body.pipeThrough(new TextDecoderStream()));
    } catch (error) {
      if (signal?.aborted) return;
      throw isServiceError(error) ? error : this.#gone(error);
    }
  }

  async #json<T>(method: string, path: string, sent: Sent): Promise<T> {
    const answer = await this.#ask(method, path, sent);
    try {
      return (await answer.json()) as T;
    } catch (error) {
      throw this.#gone(error);
    }
  }

  async #ask(method: string, path: string, { query = {}, body, signal }: Sent): Promise<Response> {
    const url = new URL(path, this.#address);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each));
    }
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    let answer: Response;
    try {
      const text = body === undefined ? null : JSON.stringify(body);
      answer = await fetch(url, { method, headers, body: text, signal: signal ?? null, redirect: 'error' });
    } catch (error) {
      throw this.#gone(error);
    }
    const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') === true;
    if (answer.ok || !isProblem) return answer;
    throw errorOf(await answer.json().catch((error: unknown) => Promise.reject(this.#gone(error))));
  }

  #gone(cause: unknown): ServiceError {
    return new ServiceError({
      kind: 'system',
      reason: 'daemonGone',
      message: `the daemon (process ${this.pid}) that holds the data directory does not answer: look at its log`,
      retryable: true,
      cause,
    });
  }
}

interface Sent {
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** The error that a problem stands for. */
function errorOf(problem: unknown): ServiceError {
  const { detail, ...rest } = problem as Readonly<Record<string, unknown>>;
  return ServiceError.fromJSON({ ...rest, message: detail, details: { retryAfterMs: rest.retryAfterMs ?? undefined } });
}
