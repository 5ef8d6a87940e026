import { TextArena } from '../shared/text-arena.ts';

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Many times as many as a series has; a body of commas must not cost more than its reading. */
const mostFields = 256;

/** The range of a field's bytes. */
export interface Field {
  start: number;
  end: number;
}

/** Splits a body into lines and fields. The fields of a line are valid until the next one is read. */
export class LineScanner {
  readonly fields: Field[] = [];
  /** Whether the line ended with a line feed and not with the body. */
  terminated = true;
  /** Whether text stands beside the quotes of a field, or a quote is left open. */
  irregular = false;
  sawCarriageReturn = false;

  readonly #body: Uint8Array;
  readonly #pool: Field[] = [];
  readonly #arena: TextArena;
  #at = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
    this.#arena = new TextArena(body);
    if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) this.#at = 3;
  }

  /** Reads the next line that is not blank; `false` at the end. */
  line(): boolean {
    const body = this.#body;
    while (body[this.#at] === lineFeed || body[this.#at] === carriageReturn) this.#at++;
    if (this.#at >= body.length) return false;
    this.fields.length = 0;
    this.irregular = false;
    for (;;) {
      const index = this.fields.length;
      const field = this.#pool[index] ?? { start: 0, end: 0 };
      this.#pool[index] = field;
      this.fields.push(field);
      if (body[this.#at] === quote) this.#quoted(field);
      else this.#plain(field);
      if (this.fields.length === mostFields && body[this.#at] === comma) this.#skipLine();
      const c = body[this.#at];
      this.#at++;
      if (c !== comma) {
        this.terminated = c === lineFeed;
        return true;
      }
    }
  }

  /** Goes on to the end of a line that has more fields than any series. */
  #skipLine(): void {
    const end = this.#body.indexOf(lineFeed, this.#at);
    this.#at = end < 0 ? this.#body.length : end;
    this.irregular = true;
  }

  field(index: number): string {
    const { start, end } = this.fields[index] as Field;
    return new TextDecoder().decode(this.#arena.slice(start, end));
  }

  text(): Uint8Array {
    return this.#arena.text();
  }

  /** Leaves the position on the comma or line feed after the field, or at the end. */
  #plain(field: Field): void {
    const body = this.#body;
    const length = body.length;
    let at = this.#at;
    field.start = at;
    for (; at < length; at++) {
      const c = body[at];
      if (c === comma || c === lineFeed) break;
    }
    this.#at = at;
    if (at > field.start && body[at - 1] === carriageReturn && body[at] !== comma) {
      this.sawCarriageReturn = true;
      at--;
    }
    field.end = at;
  }

  #quoted(field: Field): void {
    const body = this.#body;
    field.start = this.#at + 1;
    let at = field.start;
    let doubled = false;
    for (; at < body.length; at++) {
      if (body[at] !== quote) continue;
      if (body[at + 1] !== quote) break;
      doubled = true;
      at++;
    }
    field.end = at;
    if (doubled) this.#unquote(field);
    const tail = { start: 0, end: 0 };
    this.irregular ||= at >= body.length;
    this.#at = Math.min(at + 1, body.length);
    this.#plain(tail);
    this.irregular ||= tail.end > tail.start;
  }

  /** Moves a field with doubled quotes to the arena behind the body, with single ones. */
  #unquote(field: Field): void {
    const start = this.#arena.end;
    let copied = field.start;
    for (let at = field.start; at < field.end; at++) {
      if (this.#body[at] !== quote) continue;
      this.#arena.append(this.#body.subarray(copied, at + 1));
      copied = at + 2;
      at++;
    }
    this.#arena.append(this.#body.subarray(copied, field.end));
    field.start = start;
    field.end = this.#arena.end;
  }
}
