/** Decoded text that stands behind a body: ranges beyond the body's end point into it. */
export class TextArena {
  readonly #body: Uint8Array;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  /** Where the next byte will stand, counted from the start of the body. */
  get end(): number {
    return this.#body.length + this.#length;
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(256, needed * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  /** The bytes of a range that lies in the body or behind it as a whole. */
  slice(start: number, end: number): Uint8Array {
    const offset = this.#body.length;
    return end <= offset ? this.#body.subarray(start, end) : this.#bytes.subarray(start - offset, end - offset);
  }

  /** The body with the decoded text behind it; the body itself when nothing was decoded. */
  text(): Uint8Array {
    return this.#length === 0 ? this.#body : Buffer.concat([this.#body, this.#bytes.subarray(0, this.#length)]);
  }
}
