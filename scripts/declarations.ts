import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One top-level name of a declaration file, with its statements: several for overloads. */
interface Declaration {
  readonly text: string;
  readonly file: string;
}

/** A declaration file, as far as names lead through it. */
interface DeclarationFile {
  /** Statements by the name that they declare. */
  readonly declared: ReadonlyMap<string, string>;
  /** Local names by the file and the name that they come from; imports of other packages are left out. */
  readonly imported: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
  /** Exported names, in the same form. */
  readonly exported: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
}

/** The public surface of one entry point. */
export interface Surface {
  /** Exported names with their declarations, in order of name. */
  readonly exported: readonly Declaration[];
  /** What these mention and do not export. */
  readonly mentioned: readonly Declaration[];
}

const declares =
  /^(?:export )?(?:declare )?(?:abstract )?(?:interface|class|function|const|let|type|enum|namespace) ([\w$]+)/;
const isBlock = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|class|enum|namespace) /;
const textOrComment = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/** Reads what an entry point exports, and what of the same package these declarations mention. */
export function surfaceOf(entry: string): Surface {
  const files = new Map<string, DeclarationFile>();
  const fileAt = (path: string): DeclarationFile => {
    const known = files.get(path) ?? readDeclarations(path);
    files.set(path, known);
    return known;
  };
  const find = (path: string, name: string): Declaration => {
    const file = fileAt(path);
    const text = file.declared.get(name);
    if (text !== undefined) return { text, file: path };
    const elsewhere = file.imported.get(name) ?? file.exported.get(name);
    if (elsewhere === undefined || (elsewhere.file === path && elsewhere.name === name)) {
      throw new Error(`${path} has no declaration of ${name}`);
    }
    return find(elsewhere.file, elsewhere.name);
  };

  const names = [...fileAt(entry).exported.keys()].sort();
  const exported = names.map((name) => find(entry, name));
  const seen = new Set(exported.map(({ text }) => text));
  const mentioned: Declaration[] = [];
  const queue = [...exported];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { declared, imported } = fileAt(next.file);
    for (const word of new Set(next.text.match(/[\w$]+/g))) {
      if (!declared.has(word) && !imported.has(word)) continue;
      const declaration = find(next.file, word);
      if (seen.has(declaration.text)) continue;
      seen.add(declaration.text);
      mentioned.push(declaration);
      queue.push(declaration);
    }
  }
  return { exported, mentioned: mentioned.sort((a, b) => (a.text < b.text ? -1 : 1)) };
}

function readDeclarations(path: string): DeclarationFile {
  const declared = new Map<string, string>();
  const imported = new Map<string, { file: string; name: string }>();
  const exported = new Map<string, { file: string; name: string }>();
  for (const statement of statementsOf(readFileSync(path, 'utf8').replace(textOrComment, '$1'))) {
    const list = /^(import|export) (?:type )?\{([^}]*)\}(?: from ['"](.*)['"])?/.exec(statement);
    if (list !== null) {
      const [, verb, names = '', from] = list;
      // Names of other packages are theirs to show.
      if (from !== undefined && !from.startsWith('.')) continue;
      const file = from === undefined ? path : join(dirname(path), from.replace(/\.[jt]s$/, '.d.ts'));
      for (const part of names.split(',').map((text) => text.trim().replace(/^type /, ''))) {
        const [name = '', local = name] = part.split(' as ');
        if (name !== '') (verb === 'import' ? imported : exported).set(local, { file, name });
      }
      continue;
    }
    const name = declares.exec(statement)?.[1];
    if (name === undefined) {
      if (/^import /.test(statement)) continue;
      throw new Error(`${path}: this form of statement is not understood: ${statement.slice(0, 80)}`);
    }
    declared.set(name, declared.has(name) ? `${declared.get(name)}\n${statement}` : statement);
    if (statement.startsWith('export ')) exported.set(name, { file: path, name });
  }
  return { declared, imported, exported };
}

/** The top-level statements of a text without comments, without empty lines. */
function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[{}()[\];]/g)) {
    if ('{(['.includes(mark)) depth += 1;
    else if ('})]'.includes(mark)) depth -= 1;
    if (depth > 0 || (mark !== ';' && mark !== '}')) continue;
    const statement = text.slice(from, index + 1).trim();
    if (mark === '}' && !isBlock.test(statement)) continue;
    statements.push(statement.replace(/[ \t]+$/gm, '').replace(/\n+/g, '\n'));
    from = index + 1;
  }
  return statements.filter((statement) => statement !== ';' && statement !== 'export {};');
}
