import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigurationSection, Redacted } from '@quantumtrade/core-traits';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkConfiguration } from './create-configuration-provider.ts';
import type { ConfigurationOptions } from './load-settings.ts';

const vendor = {
  path: 'vendor',
  schema: z.object({
    api_key: (z.instanceof(Redacted) as unknown as z.ZodType<Redacted<string>>).optional(),
    url: z.string().default('http://localhost'),
    key_file: z.string().optional(),
  }),
  keys: ['api_key', 'url', 'key_file'],
  secrets: ['api_key'],
} satisfies ConfigurationSection<unknown>;

const directory = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
mkdirSync(join(directory, 'folder'));

function file(name: string, text: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

type Sources = Partial<ConfigurationOptions>;

function check(sources: Sources) {
  return checkConfiguration({
    sections: [vendor],
    environmentPrefix: 'APP_',
    aliases: { VENDOR_KEY: 'vendor.api_key' },
    ...sources,
  });
}

const secretFileVariables = ['APP_VENDOR__API_KEY_FILE', 'VENDOR_KEY_FILE'];

/** Sources that set nothing. */
const absent: readonly (readonly [what: string, sources: Sources])[] = [
  ['nothing at all', {}],
  ['no file named', { file: undefined }],
  ['a TOML file without the setting', { file: file('a.toml', '[vendor]\n') }],
  ['a YAML file whose table is empty', { file: file('a.yaml', 'vendor:\n') }],
  ['a JSON file without the section', { file: file('a.json', '{}') }],
  ['an empty prefixed variable', { environment: { APP_VENDOR__API_KEY: '' } }],
  ['an empty short name', { environment: { VENDOR_KEY: '' } }],
  ...secretFileVariables.map((name) => [`an empty ${name}`, { environment: { [name]: '' } }] as const),
  ['an undefined override', { overrides: { 'vendor.api_key': undefined } }],
];

/** Sources that were meant to say something and failed. */
const failed: readonly (readonly [what: string, sources: Sources, reason: string, path: string | undefined])[] = [
  ['a missing file', { file: join(directory, 'gone.toml') }, 'fileNotFound', undefined],
  ['a file that is a directory', { file: join(directory, 'folder') }, 'fileUnreadable', undefined],
  ['a broken file', { file: file('broken.json', '{') }, 'invalidFile', undefined],
  ['a file of another format', { file: file('a.ini', '') }, 'unknownFileFormat', undefined],
  ...secretFileVariables.flatMap((name) =>
    [
      ['a missing secret file', join(directory, 'gone')],
      ['a secret file that is a directory', join(directory, 'folder')],
      ['an empty secret file', file('empty', '\n')],
      ['a secret file that is no text', file('binary', Uint8Array.of(0xff, 0xfe))],
    ].map(
      ([what, path]) =>
        [`${what} (${name})`, { environment: { [name]: path } }, 'invalidConfiguration', 'vendor.api_key'] as const,
    ),
  ),
  [
    'a variable of an unknown name',
    { environment: { APP_VENDOR__API_KEYS: 'x' } },
    'invalidConfiguration',
    'vendor.api_keys',
  ],
  ['an override of null', { overrides: { 'vendor.api_key': null } }, 'invalidConfiguration', 'vendor.api_key'],
];

describe('a source of settings', () => {
  it.each(absent)('that sets nothing leaves the default: %s', (_what, sources) => {
    const checked = check(sources);
    if (checked.outcome === 'invalid') throw new Error(checked.problems[0]?.message);
    expect(checked.configuration.getSecret('vendor.api_key')).toBeUndefined();
    expect(checked.configuration.getString('vendor.url')).toBe('http://localhost');
  });

  it.each(failed)('that failed is never taken for an absent one: %s', (_what, sources, reason, path) => {
    const checked = check(sources);
    if (checked.outcome === 'valid') throw new Error('it was accepted');
    expect(checked.reason).toBe(reason);
    expect(checked.problems).toHaveLength(1);
    expect(checked.problems[0]?.path).toBe(path);
    expect(checked.problems[0]?.message).not.toMatch(/\n/);
  });
});

describe('problems', () => {
  it('of a failed file come with those of the other layers, and the sections are not judged', () => {
    const checked = check({ file: join(directory, 'gone.yaml'), environment: { APP_VENDOR__NAME: 'x' } });
    expect(checked).toMatchObject({
      reason: 'fileNotFound',
      problems: [{ layer: `file ${join(directory, 'gone.yaml')}` }, { path: 'vendor.name' }],
    });
  });

  it('name path and layer beside the line for people', () => {
    const checked = check({ overrides: { 'vendor.url': 5 }, environment: { APP_VENDOR__ULR: 'x' } });
    expect(checked).toMatchObject({
      problems: [
        {
          path: 'vendor.ulr',
          layer: 'environment APP_VENDOR__ULR',
          message: expect.stringMatching(
            /^unknown setting vendor\.ulr in environment APP_VENDOR__ULR: did you mean vendor\.url/,
          ),
        },
        { path: 'vendor.url', layer: 'override', message: expect.stringMatching(/^vendor\.url \(override\): /) },
      ],
    });
  });
});

describe('the file of a secret', () => {
  it.each(secretFileVariables)('is read for %s and reported as its source', (name) => {
    const checked = check({ environment: { [name]: file('key', 'from file\n') } });
    if (checked.outcome === 'invalid') throw new Error(checked.problems[0]?.message);
    expect(checked.configuration.getSecret('vendor.api_key')?.reveal()).toBe('from file');
    expect(checked.configuration.secrets()).toEqual(['from file']);
    expect(checked.configuration.describe()[0]).toEqual({
      path: 'vendor.api_key',
      value: '[redacted]',
      layer: `environment ${name}`,
    });
  });

  it.each(['APP_VENDOR__API_KEY', 'VENDOR_KEY'])('is refused beside %s itself', (name) => {
    const checked = check({ environment: { [name]: 'secret-1', [`${name}_FILE`]: 'secret-2' } });
    expect(checked).toMatchObject({
      problems: [{ message: `vendor.api_key: ${name} and ${name}_FILE are both set: keep one` }],
    });
  });

  it('is named in no problem, because it may be the secret itself', () => {
    for (const name of secretFileVariables) {
      expect(JSON.stringify(check({ environment: { [name]: 'pasted-secret' } }))).not.toContain('pasted-secret');
    }
  });

  it('is not looked for where a setting itself has such a name, or no secret has it', () => {
    const checked = check({ environment: { APP_VENDOR__KEY_FILE: '/etc/key' } });
    if (checked.outcome === 'invalid') throw new Error(checked.problems[0]?.message);
    expect(checked.configuration.getString('vendor.key_file')).toBe('/etc/key');
    expect(check({ environment: { APP_VENDOR__URL_FILE: '/etc/url' } })).toMatchObject({
      problems: [{ path: 'vendor.url_file' }],
    });
  });
});
