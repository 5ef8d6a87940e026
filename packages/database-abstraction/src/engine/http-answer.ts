import { addAbortSignal, type Readable } from 'node:stream';
import { EXCEPTION_TAG_HEADER_NAME, extractErrorAtTheEndOfChunk, parseError } from '@clickhouse/client';

/** The whole answer to one request. */
export interface HttpAnswer {
  readonly body: Buffer;
  /** What marks an exception in this body; older servers send none. */
  readonly exceptionTag: string | undefined;
}

/** Reads an answer to its end. @throws what the connection fails with, also when it ends early or is given up. */
export async function readAnswer(
  answer: { readonly stream: Readable; readonly response_headers: Readonly<Record<string, unknown>> },
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  // The client stops listening to the signal when the answer begins.
  const stream = signal === undefined ? answer.stream : addAbortSignal(signal, answer.stream);
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  const tag = answer.response_headers[EXCEPTION_TAG_HEADER_NAME];
  return { body: Buffer.concat(chunks), exceptionTag: typeof tag === 'string' ? tag : undefined };
}

/**
 * What an answer says. The status of an answer is sent before its query has ended: a query that fails later puts its
 * exception into the body of a 200, behind a mark from release 25.11 on, and as bare text before.
 *
 * @param decode makes sense of a body without an exception, and throws on any other.
 * @throws the server's exception with its `code`, or what `decode` throws.
 */
export function understand<T>(answer: HttpAnswer, decode: (body: Buffer) => T): T {
  const { body, exceptionTag } = answer;
  if (exceptionTag !== undefined && body.lastIndexOf(`__exception__\r\n${exceptionTag}`) >= 0) {
    throw extractErrorAtTheEndOfChunk(body, exceptionTag);
  }
  try {
    return decode(body);
  } catch (error) {
    throw bareException(body) ?? error;
  }
}

/** For an answer that has nothing to say: only an exception can be in it. */
export function expectNoException(body: Buffer): void {
  const exception = bareException(body);
  if (exception !== undefined) throw exception;
}

function bareException(body: Buffer): Error | undefined {
  const start = body.lastIndexOf('Code: ');
  if (start < 0) return undefined;
  const text = body.subarray(start).toString('utf8');
  return /^Code: \d+\. DB::Exception: /.test(text) ? parseError(text) : undefined;
}
