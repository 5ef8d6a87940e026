import Table from 'cli-table3';

/** Where a command writes: results to `out`, everything else to `error`. */
export interface Streams {
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };
  readonly error: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };
}

/** Rows above this are printed in pieces, so that a long series needs no second copy as one text. */
const chunkRows = 1000;

/** Writes a JSON array, one element a line. */
export async function writeJsonArray(stream: NodeJS.WritableStream, rows: readonly unknown[]): Promise<void> {
  if (rows.length === 0) return await write(stream, '[]\n');
  for (let at = 0; at < rows.length; at += chunkRows) {
    const part = rows.slice(at, at + chunkRows).map((row) => JSON.stringify(row));
    const end = at + chunkRows >= rows.length ? '\n]\n' : ',\n';
    await write(stream, `${at === 0 ? '[\n' : ''}${part.join(',\n')}${end}`);
  }
}

/** Writes text, and waits where the reader is slower. */
export async function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** A plain table; numbers are right-aligned by naming their columns in `right`. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const none = '';
  const drawn = new Table({
    head: [...head],
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: none,
    },
  });
  drawn.push(...rows.map((row) => row.map(oneLine)));
  return `${drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** Text that cannot move the cursor or forge a line: control characters become visible escapes. */
export function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An instant as ISO text in UTC. */
export function isoInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
