import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyError } from './body-error.ts';
import { JsonReader } from './json-reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every member of every object, in order, as path and text. */
function walk(body: Uint8Array): string[] {
  const reader = new JsonReader(body);
  const found: string[] = [];
  const value = (path: string): void => {
    const kind = reader.kind();
    if (kind === 'object') {
      reader.enter();
      while (reader.member()) value(`${path}/${reader.string()}`);
    } else if (kind === 'array') {
      reader.skip();
      found.push(`${path}=[]`);
    } else {
      reader.scalar();
      found.push(`${path}=${reader.string()}`);
    }
  };
  value('');
  reader.finish();
  return found;
}

describe('JsonReader', () => {
  it('keeps the order of the document and repeated keys', () => {
    expect(walk(bytes('{"b":"1","2":"x","a":{"k":1,"k":2},"1":"y","b":"3"}'))).toEqual([
      '/b=1',
      '/2=x',
      '/a/k=1',
      '/a/k=2',
      '/1=y',
      '/b=3',
    ]);
  });

  it('treats __proto__ and constructor as keys like others', () => {
    expect(walk(bytes('{"__proto__":{"constructor":"a"},"hasOwnProperty":null}'))).toEqual([
      '/__proto__/constructor=a',
      '/hasOwnProperty=',
    ]);
  });

  it('keeps numbers as they were written', () => {
    expect(walk(bytes('{"a":1e400,"b":123456789012345678901234567890.10,"c":-0.0E-7}'))).toEqual([
      '/a=1e400',
      '/b=123456789012345678901234567890.10',
      '/c=-0.0E-7',
    ]);
  });

  it('decodes escapes behind the body and gives their ranges in the text', () => {
    const reader = new JsonReader(bytes('{"a\\u0062":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00 z","c":"plain"}'));
    reader.enter();
    reader.member();
    expect(reader.string()).toBe('ab');
    reader.scalar();
    expect(reader.string()).toBe('"\\/\b\f\n\r\té😀 z');
    const { start, end } = reader;
    expect(new TextDecoder().decode(reader.text().subarray(start, end))).toBe('"\\/\b\f\n\r\té😀 z');
  });

  it('writes a lone surrogate as the replacement character', () => {
    expect(walk(bytes('{"a":"\\ud800x","b":"\\udc00","c":"\\ud800\\u0041"}'))).toEqual([
      '/a=\ufffdx',
      '/b=\ufffd',
      '/c=\ufffdA',
    ]);
  });

  it('recognises an expected key, and no other that begins or goes on like it', () => {
    const reader = new JsonReader(bytes('{"open":1,"open":2,"opens":3,"ope":4,"\\u006fpen":5}'));
    reader.enter();
    reader.member();
    const expected = reader.plainKey();
    const seen: string[] = [];
    do {
      seen.push(`${reader.string()} ${reader.asExpected}`);
      reader.scalar();
    } while (reader.member(expected));
    expect(seen).toEqual(['open false', 'open true', 'opens false', 'ope false', 'open false']);
    reader.finish();
  });

  it('offers no key with escapes as one to expect', () => {
    const reader = new JsonReader(bytes('{"a\\":\\"b":1}'));
    reader.enter();
    reader.member();
    expect(reader.string()).toBe('a":"b');
    expect(reader.plainKey()).toBeUndefined();
  });

  it('skips a byte order mark', () => {
    expect(walk(bytes('\ufeff{"a":1}'))).toEqual(['/a=1']);
  });

  it.each([
    '{"a":1,}',
    '{,"a":1}',
    '{"a" 1}',
    "{'a':1}",
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":NaN}',
    '{"a":tRue}',
    '{"a":"\\x"}',
    '{"a":"\\u00g0"}',
    '{"a":"line\nbreak"}',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":1}x',
    '{"a":1}{"b":2}',
    '{"a":1 "b":2}',
  ])('refuses %j as broken, not as cut off', (text) => {
    expect(() => walk(bytes(text))).toThrow(expect.objectContaining({ name: 'BodyError', truncated: false }));
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => walk(Uint8Array.from([...bytes('{"a":"'), 0xff, ...bytes('"}')]))).toThrow(BodyError);
  });

  it('reads 64 levels and refuses 65', () => {
    expect(walk(bytes(`${'['.repeat(64)}${']'.repeat(64)}`))).toEqual(['=[]']);
    expect(() => walk(bytes(`${'['.repeat(65)}${']'.repeat(65)}`))).toThrow('deeper than 64');
    expect(() => walk(bytes('{"a":'.repeat(100_000)))).toThrow('deeper than 64');
  });

  it('calls every beginning of a document cut off', () => {
    const whole = bytes('{"a":"x\\u00e9\\ud83d\\ude00","b":[-1.5e+3,true,null,{"c":false}],"d":{}}');
    for (let length = 0; length < whole.length; length++) {
      expect(() => walk(whole.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ name: 'BodyError', truncated: true }),
      );
    }
    expect(walk(whole)).toEqual(['/a=xé😀', '/b=[]']);
  });

  it('accepts what JSON.parse accepts and refuses what it refuses', () => {
    const accepts = (read: () => unknown): boolean => {
      try {
        read();
        return true;
      } catch {
        return false;
      }
    };
    const text = fc.oneof(
      fc.json(),
      fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:\\ 0-.eEtn')).map(([json, at, c]) => {
        const cut = at % (json.length + 1);
        return json.slice(0, cut) + c + json.slice(cut);
      }),
      fc
        .array(fc.constantFrom(...'{}[]",:\\ 01-.eE', 'true', 'null', 'u00e9'), { maxLength: 12 })
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (json) => {
        expect(accepts(() => walk(bytes(json)))).toBe(accepts(() => JSON.parse(json)));
      }),
      { numRuns: 3000 },
    );
  });
});
