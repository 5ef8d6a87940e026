import { readFileSync } from 'node:fs';
import { escapeControls, messageOf } from '../text.ts';
import { knownExtensions, parserOf } from './file-formats.ts';
import { isPlainObject } from './plain.ts';

/** Why a configuration file gives no settings. */
export type FileFailure = 'fileNotFound' | 'fileUnreadable' | 'unknownFileFormat' | 'invalidFile';

/** The tables of a file, or why there are none. */
export type SettingsFile =
  | { readonly table: Readonly<Record<string, unknown>> }
  | { readonly failure: FileFailure; readonly message: string };

/**
 * Reads a configuration file: TOML, YAML or JSON, told apart by the extension. Never throws.
 *
 * Messages are one line with the place of the mistake where the parser knows it, and quote nothing of the file.
 */
export function readSettingsFile(file: string): SettingsFile {
  const name = `configuration file ${escapeControls(file)}`;
  const failed = (failure: FileFailure, what: string): SettingsFile => ({
    failure,
    message: escapeControls(`${name}${what}`),
  });
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? failed('fileNotFound', ' does not exist: create it, or name another one')
      : failed('fileUnreadable', ` cannot be read: ${messageOf(error)}`);
  }
  const parse = parserOf(file);
  if (parse === undefined) {
    return failed('unknownFileFormat', `: its extension names no known format: use ${knownExtensions.join(', ')}`);
  }
  let text: string;
  try {
    // The decoder also drops a byte order mark.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failed('invalidFile', ' is not UTF-8 text: save it in that encoding');
  }
  const parsed = parse(text);
  if ('mistake' in parsed) {
    const { line, column, what } = parsed.mistake;
    const position = line === undefined ? '' : ` line ${line}, column ${column ?? 1}`;
    return failed('invalidFile', `${position}: ${what}`);
  }
  if (isPlainObject(parsed.value)) return { table: parsed.value };
  return failed('invalidFile', ': it holds no table of settings at its root');
}
