import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What would give a key away: itself, its URL-encoded forms, and the part of its base64 that is the same wherever it
 * stands in a longer encoded text.
 */
export function tracesOf(key: string): string[] {
  const percent = encodeURIComponent(key);
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.from(`${'x'.repeat(before)}${key}`)
      .toString('base64')
      .replace(/=+$/, '');
    // The first and last characters also depend on the neighbours.
    return text.slice(before === 0 ? 0 : before + 1, -1);
  });
  const form = new URLSearchParams({ key }).toString().slice('key='.length);
  const spellings = [key, percent, percent.toLowerCase(), form, ...base64];
  return [...new Set([...spellings, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))])];
}

/** The traces that a text contains. */
export function tracesIn(text: string, traces: readonly string[]): string[] {
  return traces.filter((trace) => text.includes(trace));
}

/** Every file below a directory in which a trace stands somewhere in its bytes, or in its name. */
export function filesWith(directory: string, traces: readonly string[]): string[] {
  return filesBelow(directory).filter((path) => {
    const bytes = readFileSync(path);
    return traces.some((trace) => bytes.includes(trace) || path.includes(trace));
  });
}

/** Every file below a directory. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
