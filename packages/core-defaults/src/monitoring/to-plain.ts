import { isServiceError } from '@quantumtrade/core-traits';
import { isSecretName } from './secret-name.ts';

const longestText = 8_192;
const longestList = 100;
const deepest = 6;

/** How {@link toPlain} writes values. */
export interface PlainOptions {
  /** Applied to every text and key. */
  readonly redact: (text: string) => string;
  /** Whether errors come with their stack. */
  readonly stack: boolean;
}

/**
 * Turns anything into data that JSON can hold: fields with a secret's name without their value, errors with kind, reason and message, circular values cut, long texts
 * and lists shortened. What cannot be read (a getter that throws) becomes a text that says so. Never throws.
 */
export function toPlain(value: unknown, options: PlainOptions): unknown {
  return plain(value, options, []);
}

function plain(value: unknown, options: PlainOptions, above: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return text(value, options);
    case 'number':
    case 'bigint': {
      const written = String(value);
      const shown = text(written, options);
      return shown === written && typeof value === 'number' && Number.isFinite(value) ? value : shown;
    }
    case 'object':
      if (value === null) return null;
      if (above.includes(value)) return '[circular]';
      if (above.length >= deepest) return '[nested too deeply]';
      try {
        return plainObject(value, options, [...above, value]);
      } catch {
        return '[unreadable]';
      }
    case 'function':
      return '[function]';
    case 'symbol':
      return text(String(value), options);
    default:
      return value;
  }
}

function plainObject(value: object, options: PlainOptions, above: readonly object[]): unknown {
  if (isServiceError(value)) {
    const { kind, reason, message, retryable, details, cause, stack } = value;
    return entries({ kind, reason, message, retryable, ...details, cause, ...stackOf(stack, options) }, options, above);
  }
  if (value instanceof Error) {
    const { name, message, cause, stack } = value;
    const { code } = value as NodeJS.ErrnoException;
    return entries({ name, code, message, cause, ...stackOf(stack, options) }, options, above);
  }
  if (Array.isArray(value)) {
    const shown = value.slice(0, longestList).map((item) => plain(item, options, above));
    return value.length > longestList ? [...shown, `… ${value.length - longestList} more`] : shown;
  }
  if (value instanceof Map) return entries(Object.fromEntries(value), options, above);
  if (value instanceof Set) return plainObject([...value], options, above);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return plain(toJSON.call(value), options, above);
  return entries(value, options, above);
}

function stackOf(stack: string | undefined, options: PlainOptions): { readonly stack?: string | undefined } {
  return options.stack ? { stack } : {};
}

function entries(value: object, options: PlainOptions, above: readonly object[]): Record<string, unknown> {
  const shown: [string, unknown][] = [];
  for (const key of Object.keys(value).slice(0, longestList)) {
    let item: unknown;
    try {
      const found = (value as Record<string, unknown>)[key];
      item = found !== undefined && isSecretName(key) ? '[redacted]' : plain(found, options, above);
    } catch {
      item = '[unreadable]';
    }
    if (item !== undefined) shown.push([text(key, options), item]);
  }
  return Object.fromEntries(shown);
}

/** Redacts first, so that a cut cannot leave half a secret that is no longer recognised. */
function text(value: string, { redact }: PlainOptions): string {
  let shown: string;
  try {
    shown = redact(value);
  } catch {
    return '[redacted]';
  }
  return shown.length > longestText ? `${shown.slice(0, longestText)}…` : shown;
}
