import type { Redacted } from '@quantumtrade/core-traits';

export interface ScrubOptions {
  readonly apiKey: Redacted<string>;
  /** The service's own redaction, applied last. */
  readonly redact: (text: string) => string;
}

/** The vendor quotes the key in its daily refusal, and not always the one we know. */
const quotedKey = /(api[\s_-]?key\s+as\s*:?\s*["'*]*)[^\s"'*,;]+/gi;
const namedKey = /([Aa][Pp][Ii][\s_-]?[Kk]ey\s*(?:is|:)\s*["'*]*)[A-Z0-9]{8,}/g;
const keyParameter = /(apikey["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi;

/** Vendor text made fit for a message: one line, no control characters, and no key in any of its spellings. */
export function scrub(text: string, { apiKey, redact }: ScrubOptions): string {
  const line = text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\\/', '/')
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{C}+/gu, '')
    .trim();
  let clean = withoutValue(line, apiKey.reveal());
  clean = clean
    .replace(quotedKey, '$1[redacted]')
    .replace(namedKey, '$1[redacted]')
    .replace(keyParameter, '$1[redacted]');
  return redact(clean);
}

function withoutValue(text: string, key: string): string {
  // The demo key is public, and its name is what the vendor's message about it is about.
  if (key === '' || key === 'demo') return text;
  let clean = text;
  for (const spelling of new Set([key, encodeURIComponent(key), new URLSearchParams({ k: key }).toString().slice(2)])) {
    clean = clean.replace(new RegExp(spelling.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gi'), '[redacted]');
  }
  return clean;
}

const window = 4096;
const longest = 200;

/** The beginning of a body as scrubbed text of at most 200 characters. */
export function excerptOf(body: Uint8Array, options: ScrubOptions): string {
  const text = scrub(new TextDecoder().decode(body.subarray(0, window)), options);
  // A key that the window cuts in two is not recognised: leave out where it could stand.
  const safe = body.length > window ? text.slice(0, -options.apiKey.reveal().length - 8) : text;
  return shorten(safe);
}

/** At most 200 characters, with an ellipsis where something was cut. */
export function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}…`;
}
