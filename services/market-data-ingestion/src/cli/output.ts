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

/** Writes one line for people; where nobody can read it any more, the work goes on all the same. */
export async function note(stream: NodeJS.WritableStream, line: string): Promise<void> {
  await write(stream, `${line}\n`).catch(() => {});
}

/** Whether a write failed because its reader went away, as in `| head`. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

/** A count with its words, such as `1 call` and `2 calls`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** A plain table, as fast for a year of minutes as for a week; numbers are right-aligned by naming their columns in `right`. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const cells = [head, ...rows].map((row) => row.map(oneLine));
  const widths = head.map((_, column) => cells.reduce((widest, row) => Math.max(widest, widthOf(row[column])), 0));
  const aligned = head.map((name) => right.includes(name));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return aligned[column] === true ? blanks + cell : cell + blanks;
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Characters, as far as a terminal shows each in one place. */
function widthOf(cell = ''): number {
  return [...cell].length;
}

/** Text that cannot move the cursor, forge a line or hide: control and invisible characters become visible escapes. */
export function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** An instant as ISO text in UTC. */
export function isoInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
