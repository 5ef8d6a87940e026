import { isServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { parseSymbol } from './symbol.ts';

function refusal(text: string): {
  readonly kind: string;
  readonly reason: string | undefined;
  readonly message: string;
} {
  try {
    parseSymbol(text);
  } catch (error) {
    if (isServiceError(error)) return error;
  }
  throw new Error(`${JSON.stringify(text)} was not refused by a ServiceError`);
}

describe('parseSymbol', () => {
  it.each([
    ['IBM', 'IBM'],
    ['brk.b', 'BRK.B'],
    ['^GSPC', '^GSPC'],
    ['eurusd=x', 'EURUSD=X'],
    ['BTC/USD', 'BTC/USD'],
    ['NYSE:IBM', 'NYSE:IBM'],
    ['RY.TRT', 'RY.TRT'],
    ['A_B-C', 'A_B-C'],
    ['7203', '7203'],
    ['A'.repeat(32), 'A'.repeat(32)],
  ])('folds %s to %s', (text, symbol) => {
    expect(parseSymbol(text)).toBe(symbol);
  });

  it.each([
    ['empty text', ''],
    ['33 characters', 'A'.repeat(33)],
    ['10 KB', 'A'.repeat(10_240)],
    ['a blank', 'IB M'],
    ['blanks around', ' IBM'],
    ['a line feed at the end', 'IBM\n'],
    ['CR LF', 'IBM\r\nX-Header: 1'],
    ['NUL', 'IBM\0'],
    ['quotes', `IBM'"`],
    ['SQL', `'; DROP TABLE bars; --`],
    ['a query', 'IBM&apikey=x'],
    ['a percent sign', 'IBM%00'],
    ['a backslash', 'IBM\\X'],
    ['right to left', '\u202eMBI'],
    ['letters that only look Latin', 'ІВМ'],
    ['a letter that folds into ASCII', 'ıbm'],
    ['a ligature that folds into ASCII', 'ﬀ'],
    ['an emoji', '🚀'],
    ['a terminal sequence', '\u001b[31mIBM'],
    ['the parent directory', '..'],
    ['a path upwards', '../../ETC/PASSWD'],
    ['a path upwards from inside', 'A/../../B'],
    ['this directory', '.'],
    ['this directory inside', 'A/./B'],
    ['an absolute path', '/ETC/PASSWD'],
  ])('refuses %s as a configuration error', (_, text) => {
    expect(refusal(text)).toMatchObject({ kind: 'configuration', reason: 'invalidSymbol' });
  });

  it('says what is allowed on one short printable line, whatever the text', () => {
    for (const text of ['IBM\n\u001b[31m\u202e\u2028🚀', 'x'.repeat(10_240), `"\\"`]) {
      const { message } = refusal(text);
      expect(message).toMatch(/^symbol "[\x20-\x7e…]*" is refused: use 1 to 32 letters/);
      expect(message.length).toBeLessThan(400);
    }
  });

  it('cuts long text in its message', () => {
    expect(refusal('B'.repeat(100)).message).toContain(`"${'B'.repeat(40)}…"`);
  });
});
