/** What separates tokens, and every token that is a value by itself. */
const blank = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON does not allow them inside a text.
const text = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * The offset of the first character that JSON (RFC 8259) does not allow where it stands; the text's length where it
 * ends too early, and `undefined` for a sound text. JavaScript's own parser names no place for most mistakes, and what
 * it says quotes the text, which may hold secrets.
 */
export function firstJsonMistake(source: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let wanted: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'next' = 'value';
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const length = pattern.exec(source)?.[0].length ?? 0;
    at += length;
    return length > 0;
  };
  for (;;) {
    skip(blank);
    const character = source[at];
    const inObject = open.at(-1) === '{';
    if (wanted === 'next' && open.length === 0) return at === source.length ? undefined : at;
    if (character === (inObject ? '}' : ']') && wanted !== 'value' && wanted !== 'key' && open.length > 0) {
      open.pop();
      wanted = 'next';
      at++;
    } else if (wanted === 'next') {
      if (character !== ',') return at;
      wanted = inObject ? 'key' : 'value';
      at++;
    } else if (wanted === 'key' || wanted === 'keyOrEnd') {
      if (!skip(text)) return at;
      skip(blank);
      if (source[at] !== ':') return at;
      wanted = 'value';
      at++;
    } else if (character === '{' || character === '[') {
      open.push(character);
      wanted = character === '{' ? 'keyOrEnd' : 'valueOrEnd';
      at++;
    } else {
      if (!skip(text) && !skip(scalar)) return at;
      wanted = 'next';
    }
  }
}
