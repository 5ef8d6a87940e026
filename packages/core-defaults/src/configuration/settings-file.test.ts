import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettingsFile } from './settings-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'settings-file-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const tables = { collection: { symbols: ['IBM', 'A'], deadline: 2.5, enabled: false, nested: { name: 'x' } } };

const writings: readonly (readonly [name: string, text: string])[] = [
  [
    'a.toml',
    '[collection]\nsymbols = ["IBM", "A"]\ndeadline = 2.5\nenabled = false\n[collection.nested]\nname = "x"\n',
  ],
  ['a.yaml', 'collection:\n  symbols: [IBM, A]\n  deadline: 2.5\n  enabled: false\n  nested:\n    name: x\n'],
  ['a.yml', '# remark\ncollection: { symbols: [IBM, A], deadline: 2.5, enabled: false, nested: { name: x } }\n'],
  ['a.JSON', JSON.stringify(tables)],
];

describe('a configuration file', () => {
  it.each(writings)('says the same in every format: %s', (name, text) => {
    expect(readSettingsFile(file(name, text))).toEqual({ table: tables });
    expect(readSettingsFile(file(name, `\uFEFF${text}`))).toEqual({ table: tables });
  });

  it.each(['market.ini', 'market', '.toml', 'market.toml.bak'])('is refused by its name: %s', (name) => {
    const path = file(name, 'a = 1');
    expect(readSettingsFile(path)).toEqual({
      failure: 'unknownFileFormat',
      message: `configuration file ${path}: its extension names no known format: use .toml, .yaml, .yml, .json`,
    });
  });

  it.each(['missing.toml', 'missing.yaml', 'missing.json', 'missing'])('is said to be missing: %s', (name) => {
    expect(readSettingsFile(join(directory, name))).toMatchObject({ failure: 'fileNotFound' });
  });

  it('that is a directory cannot be read', () => {
    const path = join(directory, 'folder.json');
    mkdirSync(path);
    expect(readSettingsFile(path)).toMatchObject({
      failure: 'fileUnreadable',
      message: expect.stringContaining('EISDIR'),
    });
  });

  it.each([
    ['bad.toml', '[a]\nkey = "CANARY\n', / line 3, column 1: |line 2, column \d+: /],
    ['bad.yaml', 'a:\n  key: CANARY\n key: CANARY\n', / line 3, column \d+: not a YAML document \([a-z ]+\)$/],
    ['twice.yaml', 'a:\n  CANARY: 1\n  CANARY: 2\n', / line 3, column 3: not a YAML document \(duplicate key\)$/],
    ['tab.yaml', 'a:\n\tkey: CANARY\n', / line 2, column \d+: not a YAML document \(tab as indent\)$/],
    ['two.yaml', 'a: CANARY\n---\nb: 1\n', / line \d, column \d+: not a YAML document \(multiple docs\)$/],
    ['tag.yaml', 'a: 1\nb: !CANARY 2\n', / line 2, column 4: not a YAML document/],
    ['bad.json', '{\n  "key": "CANARY",\n}\n', / line 3, column 1: not a JSON document from here on$/],
    ['word.json', '{\n  "key": CANARY\n}\n', / line 2, column 10: not a JSON document from here on$/],
    ['cut.json', '{\n  "key": "CANARY"\n', / line 3, column 1: the JSON document ends too early$/],
    ['empty.json', '', / line 1, column 1: the JSON document ends too early$/],
  ])('names the place of a mistake and quotes nothing: %s', (name, text, says) => {
    const path = file(name, text);
    const read = readSettingsFile(path) as { failure: string; message: string };
    expect(read.failure).toBe('invalidFile');
    expect(read.message.startsWith(`configuration file ${path} `)).toBe(true);
    expect(read.message).toMatch(says);
    expect(read.message).not.toMatch(/CANARY|\n/);
  });

  it.each([
    ['list.json', '[1]'],
    ['text.json', '"x"'],
    ['null.json', 'null'],
    ['list.yaml', '- 1\n'],
    ['text.yaml', 'x\n'],
  ])('must hold a table: %s', (name, text) => {
    expect(readSettingsFile(file(name, text))).toMatchObject({
      failure: 'invalidFile',
      message: expect.stringContaining('it holds no table of settings at its root'),
    });
  });

  it('of YAML may hold nothing but remarks', () => {
    expect(readSettingsFile(file('remarks.yaml', '# nothing yet\n'))).toEqual({ table: {} });
  });

  it('cannot fill the memory with aliases of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level++) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    expect(readSettingsFile(file('bomb.yaml', lines.join('\n')))).toMatchObject({
      failure: 'invalidFile',
      message: expect.stringContaining('it has aliases that cannot be resolved, or too many'),
    });
  });

  it('may not use an alias before its anchor', () => {
    const read = readSettingsFile(file('alias.yaml', 'a: *CANARY\n'));
    expect(read).toMatchObject({ failure: 'invalidFile', message: expect.stringContaining('aliases that cannot') });
    expect(JSON.stringify(read)).not.toContain('CANARY');
  });

  it.each(['latin.toml', 'latin.yaml', 'latin.json'])('must be UTF-8: %s', (name) => {
    expect(readSettingsFile(file(name, Uint8Array.of(0x22, 0xff, 0x22)))).toMatchObject({
      failure: 'invalidFile',
      message: expect.stringContaining('is not UTF-8 text'),
    });
  });

  it.each([
    ['proto.json', '{"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}}}'],
    ['proto.yaml', '__proto__: { polluted: 1 }\na:\n  __proto__: { polluted: 1 }\n'],
    ['proto.toml', '[__proto__]\npolluted = 1\n[a.__proto__]\npolluted = 1\n'],
  ])('keeps a key called __proto__ a key like any other: %s', (name, text) => {
    const read = readSettingsFile(file(name, text)) as { table: Record<string, unknown> };
    expect(Object.keys(read.table)).toEqual(['__proto__', 'a']);
    expect(Object.keys(read.table.a as object)).toEqual(['__proto__']);
    expect(read.table.polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
