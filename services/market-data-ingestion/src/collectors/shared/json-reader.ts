import { isUtf8 } from 'node:buffer';
import { BodyError } from './body-error.ts';
import { readEscape } from './json-escape.ts';
import { TextArena } from './text-arena.ts';

/** What a JSON value is, before reading it. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'literal';

const maxDepth = 64;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads one JSON document strictly and in its own order, repeated and integer-like keys included, which `JSON.parse`
 * would drop or move.
 *
 * Strings and numbers are given as byte ranges ({@link JsonReader.start} to {@link JsonReader.end}) of
 * {@link JsonReader.text}: the body itself, followed by the decoded form of strings with escapes. Numbers stay text.
 * Whoever reads must consume each value with `enter`, `scalar` or `skip`, and call `finish` before trusting anything.
 * Every method throws {@link BodyError} where the body is no JSON or nests deeper than 64 levels.
 */
export class JsonReader {
  /** First byte of the last key or scalar. */
  start = 0;
  /** The byte after the last key or scalar; equal to `start` when it is empty or `null`. */
  end = 0;
  /** Whether the last key was the one that `member` had been told to expect. */
  asExpected = false;

  readonly #body: Uint8Array;
  readonly #arena: TextArena;
  #at = 0;
  #depth = 0;
  /** No member of the object being read has been taken yet. */
  #first = true;

  constructor(body: Uint8Array) {
    this.#body = body;
    this.#arena = new TextArena(body);
    if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) this.#at = 3;
  }

  /** What comes next; consumes nothing but white space. */
  kind(): JsonKind {
    const c = this.#peek();
    switch (c) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case 0x22:
        return 'string';
      case 0x74:
      case 0x66:
      case 0x6e:
        return 'literal';
      default:
        if (c === 0x2d || isDigit(c)) return 'number';
        throw this.#broken();
    }
  }

  /** Steps into the object that comes next; `member` then walks it. */
  enter(): void {
    if (this.#peek() !== 0x7b) throw this.#broken();
    this.#descend();
    this.#first = true;
  }

  /**
   * Reads the next key of the object; `false` at its end, which is then consumed. A key that is `expected`, which came
   * from {@link JsonReader.plainKey}, is read faster and sets {@link JsonReader.asExpected}.
   */
  member(expected?: Uint8Array): boolean {
    let c = this.#peek();
    if (c === 0x7d) {
      this.#at++;
      this.#depth--;
      this.#first = false;
      return false;
    }
    if (!this.#first) {
      if (c !== 0x2c) throw this.#broken();
      this.#at++;
      c = this.#peek();
    }
    if (c !== 0x22) throw this.#broken();
    this.asExpected = expected !== undefined && this.#expect(expected);
    if (!this.asExpected) this.#string();
    if (this.#peek() !== 0x3a) throw this.#broken();
    this.#at++;
    return true;
  }

  /** Goes on at a key of the object being read (at its quote): what lies before it is taken as read. */
  continueAt(key: number): void {
    this.#at = key;
    this.#first = true;
  }

  /** Steps into the array that comes next; `element` then walks it. */
  enterArray(): void {
    if (this.#peek() !== 0x5b) throw this.#broken();
    this.#descend();
    this.#first = true;
  }

  /** Comes to the next element of the array, to be read; `false` at its end, which is then consumed. */
  element(): boolean {
    const c = this.#peek();
    if (c === 0x5d) {
      // After a comma another element must follow: it would fail there.
      this.#at++;
      this.#depth--;
      this.#first = false;
      return false;
    }
    if (!this.#first) {
      if (c !== 0x2c) throw this.#broken();
      this.#at++;
    }
    this.#first = false;
    return true;
  }

  /** Reads a string, number, `true`, `false` or `null`; the last leaves an empty range. */
  scalar(): void {
    this.#first = false;
    if (this.#peek() === 0x22) {
      this.#string();
      return;
    }
    const kind = this.kind();
    if (kind === 'number') this.#number();
    else if (kind === 'literal') this.#literal();
    else throw this.#broken();
  }

  /** Reads over one value of any kind. */
  skip(): void {
    const kind = this.kind();
    if (kind === 'object') {
      this.enter();
      while (this.member()) this.skip();
    } else if (kind === 'array') {
      this.#skipArray();
    } else {
      this.scalar();
    }
  }

  /** Checks that nothing but white space follows the document and that the body is UTF-8. */
  finish(): void {
    this.#skipSpace();
    if (this.#at < this.#body.length) throw this.#broken();
    if (!isUtf8(this.#body)) throw new BodyError('the body is not UTF-8', false);
  }

  /** The bytes that all ranges point into. */
  text(): Uint8Array {
    return this.#arena.text();
  }

  /** The last key or scalar as a string. */
  string(): string {
    return decoder.decode(this.#arena.slice(this.start, this.end));
  }

  /** The bytes of the last key where it stands in the body without escapes: what `member` can be told to expect. */
  plainKey(): Uint8Array | undefined {
    return this.end <= this.#body.length ? this.#body.subarray(this.start, this.end) : undefined;
  }

  #skipArray(): void {
    this.enterArray();
    while (this.element()) this.skip();
  }

  #descend(): void {
    this.#at++;
    if (++this.#depth > maxDepth) throw new BodyError(`the body nests deeper than ${maxDepth} levels`, false);
  }

  #skipSpace(): void {
    const body = this.#body;
    let at = this.#at;
    while (isSpace(body[at])) at++;
    this.#at = at;
  }

  #peek(): number {
    const c = this.#body[this.#at];
    if (c !== undefined && c > 0x20) return c;
    this.#skipSpace();
    const after = this.#body[this.#at];
    if (after === undefined) throw this.#broken();
    return after;
  }

  /** Takes the string that begins here when it is `key`, and nothing otherwise. */
  #expect(key: Uint8Array): boolean {
    const body = this.#body;
    const from = this.#at + 1;
    const length = key.length;
    for (let i = 0; i < length; i++) if (body[from + i] !== key[i]) return false;
    if (body[from + length] !== 0x22) return false;
    this.start = from;
    this.end = from + length;
    this.#at = this.end + 1;
    return true;
  }

  #string(): void {
    const body = this.#body;
    const from = this.#at + 1;
    const length = body.length;
    for (let at = from; at < length; at++) {
      const c = body[at] as number;
      if (c === 0x22) {
        this.start = from;
        this.end = at;
        this.#at = at + 1;
        return;
      }
      if (c === 0x5c) {
        this.#escapedString(from, at);
        return;
      }
      if (c < 0x20) throw this.#broken(at);
    }
    throw this.#broken(length);
  }

  /** A string with escapes goes to the arena; `firstEscape` is its first backslash. */
  #escapedString(from: number, firstEscape: number): void {
    const body = this.#body;
    const arena = this.#arena;
    const start = arena.end;
    let copied = from;
    let at = firstEscape;
    for (;;) {
      const c = body[at];
      if (c === 0x22) break;
      if (c === undefined || c < 0x20) throw this.#broken(at);
      if (c !== 0x5c) {
        at++;
        continue;
      }
      arena.append(body.subarray(copied, at));
      const decoded = readEscape(body, at + 1);
      if (typeof decoded === 'number') throw this.#broken(decoded);
      arena.append(decoded.bytes);
      at = decoded.next;
      copied = at;
    }
    arena.append(body.subarray(copied, at));
    this.#at = at + 1;
    this.start = start;
    this.end = arena.end;
  }

  #number(): void {
    const body = this.#body;
    const from = this.#at;
    if (body[from] === 0x2d) this.#at++;
    if (body[this.#at] === 0x30) this.#at++;
    else this.#digits();
    if (body[this.#at] === 0x2e) {
      this.#at++;
      this.#digits();
    }
    if (body[this.#at] === 0x65 || body[this.#at] === 0x45) {
      this.#at++;
      if (body[this.#at] === 0x2b || body[this.#at] === 0x2d) this.#at++;
      this.#digits();
    }
    this.start = from;
    this.end = this.#at;
  }

  #digits(): void {
    const from = this.#at;
    while (isDigit(this.#body[this.#at])) this.#at++;
    if (this.#at === from) throw this.#broken();
  }

  #literal(): void {
    const from = this.#at;
    const word = literals.find((bytes) => bytes[0] === this.#body[from]) as Uint8Array;
    for (const c of word) {
      if (this.#body[this.#at] !== c) throw this.#broken();
      this.#at++;
    }
    this.start = from;
    this.end = word.length === 4 && word[0] === 0x6e ? from : this.#at;
  }

  #broken(at: number = this.#at): BodyError {
    return at >= this.#body.length
      ? new BodyError('the body ends too early', true)
      : new BodyError(`the body is no JSON at byte ${at}`, false);
  }
}

const literals: readonly Uint8Array[] = ['true', 'false', 'null'].map((word) => new TextEncoder().encode(word));

function isSpace(c: number | undefined): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 0x30 && c <= 0x39;
}
