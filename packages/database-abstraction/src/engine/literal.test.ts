import { describe, expect, it } from 'vitest';
import { bindLiterals, literal } from './literal.ts';

describe('literals', () => {
  it.each([
    ['IBM', "'IBM'"],
    ["O'Neil\\", "'O\\'Neil\\\\'"],
    ["\\' OR 1=1 --", "'\\\\\\' OR 1=1 --'"],
    ['a\0b', "'a\\0b'"],
  ])('hold %j as text that ends where it ends', (text, expected) => {
    expect(literal(text)).toBe(expected);
  });

  it('take the place of parameters, each in its type, and are not looked through for more of them', () => {
    const sql = 'SELECT * FROM t WHERE symbol = {symbol:String} AND at > {at:Int64} LIMIT {limit:UInt64}';
    expect(bindLiterals(sql, { symbol: '{at:Int64}', at: -5, limit: 10 })).toBe(
      "SELECT * FROM t WHERE symbol = '{at:Int64}' AND at > CAST('-5', 'Int64') LIMIT CAST('10', 'UInt64')",
    );
  });

  it('are missed where a parameter has no value', () => {
    expect(() => bindLiterals('SELECT {toString:String}', {})).toThrow('parameter toString has no value');
  });
});
