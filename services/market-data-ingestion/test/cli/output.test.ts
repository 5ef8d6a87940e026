import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { noteComplete } from '../../src/cli/note-complete.ts';
import {
  counted,
  isClosedPipe,
  isoInstant,
  note,
  oneLine,
  table,
  write,
  writeJsonArray,
} from '../../src/cli/output.ts';
import { capture } from './capture.ts';
import { lines } from './command-line.ts';

describe('writeJsonArray', () => {
  it.each([0, 1, 999, 1000, 1001, 2500])('writes %i rows as one array, a line each', async (count) => {
    const rows = Array.from({ length: count }, (_, index) => ({ index, text: 'line\nend "quoted" \u2028' }));
    const out = capture();
    await writeJsonArray(out, rows);
    expect(JSON.parse(out.text())).toEqual(rows);
    expect(lines(out.text())).toHaveLength(count === 0 ? 1 : count + 2);
    expect(out.text().endsWith(']\n')).toBe(true);
  });

  it('waits for a slow reader and holds at most one piece ready', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => index);
    let text = '';
    let most = 0;
    const slow: Writable = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        most = Math.max(most, slow.writableLength);
        text += chunk.toString('utf8');
        setImmediate(done);
      },
    });
    await writeJsonArray(slow, rows);
    expect(JSON.parse(text)).toEqual(rows);
    expect(most).toBeLessThanOrEqual(6000);
  });

  it('lets a note fail in silence', async () => {
    const closed = capture();
    closed.end();
    closed.on('error', () => {});
    await expect(note(closed, 'text')).resolves.toBeUndefined();
    const open = capture();
    await note(open, 'text');
    expect(open.text()).toBe('text\n');
  });

  it('fails where the reader went away, and that is told apart from other failures', async () => {
    const gone = (code: string): Writable =>
      new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write'), { code })) });
    const failure = async (code: string): Promise<unknown> => {
      const stream = gone(code);
      stream.on('error', () => {});
      return await write(stream, 'text').catch((error: unknown) => error);
    };
    expect(isClosedPipe(await failure('EPIPE'))).toBe(true);
    expect(isClosedPipe(await failure('ENOSPC'))).toBe(false);
    expect(isClosedPipe('EPIPE')).toBe(false);
  });
});

describe('oneLine', () => {
  it.each([
    ['a line feed', 'a\nb', 'a\\u000ab'],
    ['CR and tab', 'a\r\tb', 'a\\u000d\\u0009b'],
    ['NUL and DEL', '\0\u007f', '\\u0000\\u007f'],
    ['an escape sequence', '\u001b[31mred', '\\u001b[31mred'],
    ['an 8-bit control', '\u009b31m', '\\u009b31m'],
    ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['text direction', '\u202e\u2066\u200f', '\\u202e\\u2066\\u200f'],
    ['what cannot be seen', 'A\u200bB\ufeff', 'A\\u200bB\\ufeff'],
    ['half a character', '\ud800', '\\ud800'],
  ])('makes %s visible', (_, text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });

  it('leaves printable text of every script alone', () => {
    for (const text of ['plain', 'Größe 価格 цена', '🚀', 'a "b" \\u000a']) expect(oneLine(text)).toBe(text);
  });
});

describe('table', () => {
  it('aligns columns, numbers to the right, without colour, frames or blanks at the ends of lines', () => {
    expect(
      lines(
        table(
          ['name', 'count', 'note'],
          [
            ['a', '1', ''],
            ['long name', '1000', 'x'],
          ],
          ['count'],
        ),
      ),
    ).toEqual(['name       count  note', 'a              1', 'long name   1000  x']);
  });

  it('keeps a row on one line, whatever a cell holds', () => {
    const wide = 'w'.repeat(300);
    const drawn = lines(
      table(
        ['name', 'text'],
        [
          ['a\nb', wide],
          ['\u001b[2J', 'x\u2028y'],
        ],
      ),
    );
    expect(drawn).toEqual([`name       text`, `a\\u000ab   ${wide}`, `\\u001b[2J  x\\u2028y`]);
  });

  it('draws a year of minutes without delay', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index), 'IBM', '']);
    expect(lines(table(['n', 'symbol', 'note'], rows, ['n'])).at(-1)).toBe('199999  IBM');
  });

  it('prints the head alone where there are no rows', () => {
    expect(table(['name', 'count'], [], ['count'])).toBe('name  count\n');
  });
});

describe('counted', () => {
  it('has words for one and for more', () => {
    expect([0, 1, 2].map((count) => counted(count, 'call'))).toEqual(['0 calls', '1 call', '2 calls']);
    expect([1, 2].map((count) => counted(count, 'batch', 'batches'))).toEqual(['1 batch', '2 batches']);
  });
});

describe('noteComplete', () => {
  it.each([
    [0, ''],
    [1, '1 month is complete and not asked for again\n'],
    [3, '3 months are complete and not asked for again\n'],
  ])('says of %i complete months %j', async (months, said) => {
    const error = capture();
    await noteComplete({ out: capture(), error }, months);
    expect(error.text()).toBe(said);
  });
});

describe('isoInstant', () => {
  it('is UTC to the millisecond', () => {
    expect(isoInstant(Date.UTC(2024, 2, 10, 6, 59, 59, 7))).toBe('2024-03-10T06:59:59.007Z');
  });
});
