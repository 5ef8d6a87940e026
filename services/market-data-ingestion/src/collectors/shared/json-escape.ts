const encoder = new TextEncoder();

/** What one escape stands for, and where the text goes on after it. */
export interface JsonEscape {
  readonly bytes: Uint8Array;
  readonly next: number;
}

/**
 * Decodes the escape whose letter (the byte after the backslash) stands at `at`; gives the position of the byte that
 * breaks it otherwise. A lone surrogate has no UTF-8 form and becomes U+FFFD.
 */
export function readEscape(body: Uint8Array, at: number): JsonEscape | number {
  const letter = body[at];
  if (letter !== 0x75) {
    const bytes = letter === undefined ? undefined : simple.get(letter);
    return bytes === undefined ? at : { bytes, next: at + 1 };
  }
  const unit = hex4(body, at + 1);
  if (unit < 0) return brokenHex(body, at + 1);
  const isHigh = unit >= 0xd800 && unit < 0xdc00;
  if (isHigh && body[at + 5] === 0x5c && body[at + 6] === 0x75) {
    const low = hex4(body, at + 7);
    if (low < 0) return brokenHex(body, at + 7);
    if (low >= 0xdc00 && low < 0xe000) return { bytes: encoder.encode(String.fromCharCode(unit, low)), next: at + 11 };
  }
  return { bytes: encoder.encode(String.fromCharCode(unit)), next: at + 5 };
}

const simple: ReadonlyMap<number, Uint8Array> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([letter, character]) => [letter.charCodeAt(0), encoder.encode(character)],
  ),
);

function hex4(body: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = hexDigit(body[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function brokenHex(body: Uint8Array, from: number): number {
  let at = from;
  while (hexDigit(body[at]) >= 0) at++;
  return at;
}

function hexDigit(c: number | undefined): number {
  if (c === undefined) return -1;
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const letter = c | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
