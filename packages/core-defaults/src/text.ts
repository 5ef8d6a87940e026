/** Control characters, line separators, and the marks that turn the direction of writing or show nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Writes control characters, line separators and invisible marks as escapes, so that a text stays on one line, cannot
 * steer a terminal and reads as it is.
 */
export function escapeControls(text: string): string {
  return text.replace(
    unprintable,
    (character) => shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The message of whatever was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  try {
    return escapeControls(thrown instanceof Error ? thrown.message : String(thrown));
  } catch {
    return 'an error that cannot be shown';
  }
}
