import { readFileSync } from 'node:fs';
import { ServiceError } from '@quantumtrade/core-traits';
import { parse, TomlError } from 'smol-toml';
import { escapeControls, messageOf } from '../text.ts';

/**
 * Reads a TOML file into tables.
 *
 * Errors carry no cause: the parser's own error quotes lines of the file, which may hold secrets.
 *
 * @throws ServiceError `configuration`, with reason `fileNotFound`, `fileUnreadable` or `invalidFile`.
 */
export function readTomlFile(file: string): Readonly<Record<string, unknown>> {
  const text = readText(file);
  try {
    return parse(text);
  } catch (error) {
    const position = error instanceof TomlError ? ` line ${error.line}, column ${error.column}` : '';
    const [first = ''] = (error instanceof Error ? error.message : '').split('\n');
    const what = first.replace(/^Invalid TOML document: /, '');
    throw new ServiceError({
      kind: 'configuration',
      reason: 'invalidFile',
      message: escapeControls(`configuration file ${file}${position}: ${what || 'not a TOML document'}`),
    });
  }
}

function readText(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ServiceError({
      kind: 'configuration',
      reason: missing ? 'fileNotFound' : 'fileUnreadable',
      message: missing
        ? `configuration file ${escapeControls(file)} does not exist: create it, or name another one`
        : `configuration file ${escapeControls(file)} cannot be read: ${messageOf(error)}`,
    });
  }
  try {
    // The decoder also drops a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'invalidFile',
      message: `configuration file ${escapeControls(file)} is not UTF-8 text: save it in that encoding`,
    });
  }
}
