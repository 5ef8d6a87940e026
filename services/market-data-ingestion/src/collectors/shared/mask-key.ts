import type { Redacted } from '@quantumtrade/core-traits';

const asterisk = 0x2a;

/** A key that could be a part of a number or a time is left alone: masking it would change data. */
const numeric = /^[\d\s.:,eETZ+-]*$/;

/**
 * Bytes of the same length in which the key, as it is and URL-encoded, is overwritten by asterisks; the same bytes where
 * it does not occur. For rows: a rejected one is kept word for word, and the vendor quotes the key in odd places.
 */
export function maskKey(bytes: Uint8Array, apiKey: Redacted<string>): Uint8Array {
  const key = apiKey.reveal();
  // The demo key is public, and too short a word to be searched for.
  if (numeric.test(key) || key === 'demo') return bytes;
  let masked: Buffer | undefined;
  for (const spelling of spellingsOf(key)) {
    const length = Buffer.byteLength(spelling);
    const text = masked ?? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + length)) {
      masked ??= Buffer.from(bytes);
      masked.fill(asterisk, at, at + length);
    }
  }
  return masked ?? bytes;
}

function spellingsOf(key: string): Set<string> {
  const percent = encodeURIComponent(key);
  const lowerCase = percent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
  return new Set([key, percent, lowerCase, new URLSearchParams({ key }).toString().slice('key='.length)]);
}
