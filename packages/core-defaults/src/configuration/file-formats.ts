import { extname } from 'node:path';
import { parse as parseToml, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import { firstJsonMistake } from './json-mistake.ts';

/** A mistake in a file's text. Its words quote nothing of the text, which may hold secrets. */
interface SyntaxMistake {
  /** Both count from 1; left out where the parser names no place. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly what: string;
}

/** What a text holds, or its first mistake. */
type ParsedText = { readonly value: unknown } | { readonly mistake: SyntaxMistake };

/** Parses the text of a configuration file. Never throws. */
export type TextParser = (text: string) => ParsedText;

/** An alias that is used more often than this is an attempt to exhaust the memory. */
const mostAliases = 100;

const toml: TextParser = (text) => {
  try {
    return { value: parseToml(text) };
  } catch (error) {
    const { line, column } = error instanceof TomlError ? error : {};
    const [first = ''] = (error instanceof Error ? error.message : '').split('\n');
    const what = first.replace(/^Invalid TOML document: /, '') || 'not a TOML document';
    return { mistake: { line, column, what } };
  }
};

const yaml: TextParser = (text) => {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
    const [first] = [...document.errors, ...document.warnings];
    if (first === undefined) return { value: document.toJS({ maxAliasCount: mostAliases }) ?? {} };
    const { line, col } = lineCounter.linePos(first.pos[0]);
    return {
      mistake: { line, column: col, what: `not a YAML document (${first.code.toLowerCase().replaceAll('_', ' ')})` },
    };
  } catch (error) {
    const aliases = error instanceof ReferenceError;
    return {
      mistake: {
        what: aliases
          ? 'it has aliases that cannot be resolved, or too many: write the values out'
          : 'not a YAML document',
      },
    };
  }
};

const json: TextParser = (text) => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const before = text.slice(0, firstJsonMistake(text)).split('\n');
    const ends = before.join('\n').length === text.length;
    const what = ends ? 'the JSON document ends too early' : 'not a JSON document from here on';
    return { mistake: { line: before.length, column: (before.at(-1) ?? '').length + 1, what } };
  }
};

const parsers: Readonly<Record<string, TextParser>> = { '.toml': toml, '.yaml': yaml, '.yml': yaml, '.json': json };

/** The extensions of configuration files. */
export const knownExtensions: readonly string[] = Object.keys(parsers);

/** The parser for a file, chosen by its extension in any case; `undefined` for an extension that is not known. */
export function parserOf(file: string): TextParser | undefined {
  const extension = extname(file).toLowerCase();
  return Object.hasOwn(parsers, extension) ? parsers[extension] : undefined;
}
