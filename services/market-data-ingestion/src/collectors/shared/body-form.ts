/** What a body is, by its first bytes: content types are not to be trusted. */
export function formOf(body: Uint8Array): 'json' | 'html' | 'text' | 'empty' {
  let at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  while (at < body.length && (body[at] as number) <= 0x20) at++;
  if (at === body.length) return 'empty';
  const first = body[at];
  if (first === 0x7b || first === 0x5b) return 'json';
  return first === 0x3c ? 'html' : 'text';
}
