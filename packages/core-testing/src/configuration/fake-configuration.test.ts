import {
  type ConfigurationSection,
  isServiceError,
  Redacted,
  type SchemaResult,
  type ServiceError,
} from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { FakeConfiguration } from './fake-configuration.ts';

interface Vendor {
  readonly key: Redacted | undefined;
  readonly timeout: number;
  readonly retry: { readonly attempts: number };
}

const seen: unknown[] = [];

function validate(value: unknown): SchemaResult<Vendor> {
  seen.push(value);
  const given = value as { key?: Redacted; timeout?: unknown; retry?: { attempts?: unknown } };
  const { timeout = 30 } = given;
  const attempts = given.retry?.attempts ?? 3;
  if (typeof timeout !== 'number') return { issues: [{ message: 'must be a number', path: ['timeout'] }] };
  if (typeof attempts !== 'number') {
    return { issues: [{ message: 'must be a number', path: ['retry', { key: 'attempts' }] }] };
  }
  return { value: { key: given.key, timeout, retry: { attempts } } };
}

const section: ConfigurationSection<Vendor> = {
  path: 'vendor',
  keys: ['key', 'timeout', 'retry.attempts'],
  secrets: ['key'],
  schema: { '~standard': { version: 1, vendor: 'test', validate } },
};

function refusal(read: () => unknown): ServiceError {
  try {
    read();
  } catch (error) {
    if (isServiceError(error)) return error;
  }
  throw new Error('was not refused by a ServiceError');
}

describe('FakeConfiguration', () => {
  const dotted = new FakeConfiguration({ 'a.text': 'x', 'a.number': 7, 'a.flag': false, 'a.key': 'CANARY' });
  const nested = new FakeConfiguration({ a: { text: 'x', number: 7, flag: false, key: new Redacted('CANARY') } });

  it.each([
    ['dotted', dotted],
    ['nested', nested],
  ])('reads values given %s', (_, configuration) => {
    expect(configuration.getString('a.text')).toBe('x');
    expect(configuration.getInteger('a.number')).toBe(7);
    expect(configuration.getBoolean('a.flag')).toBe(false);
    expect(configuration.getSecret('a.key')?.reveal()).toBe('CANARY');
  });

  it('answers undefined for what is absent', () => {
    for (const path of ['b', 'a.b', 'a.text.b', 'constructor', 'a.__proto__']) {
      expect(dotted.getString(path), path).toBeUndefined();
      expect(dotted.getSecret(path), path).toBeUndefined();
    }
  });

  it.each<[string, (configuration: FakeConfiguration) => unknown]>([
    ['a number for text', (configuration) => configuration.getString('a.number')],
    ['text for a number', (configuration) => configuration.getInteger('a.text')],
    ['text for a flag', (configuration) => configuration.getBoolean('a.text')],
    ['a number for a secret', (configuration) => configuration.getSecret('a.number')],
    ['a group for text', (configuration) => configuration.getString('a')],
  ])('refuses %s', (_, read) => {
    expect(refusal(() => read(dotted))).toMatchObject({ kind: 'configuration', reason: 'invalidSetting' });
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses %d as a whole number of at least 0', (value) => {
    expect(refusal(() => new FakeConfiguration({ n: value }).getInteger('n')).message).toBe(
      'setting n must be a whole number of at least 0',
    );
  });

  it('never shows a value in a message', () => {
    const { message } = refusal(() => dotted.getInteger('a.key'));
    expect(message).toContain('a.key');
    expect(message).not.toContain('CANARY');
  });

  it('refuses values that contradict each other', () => {
    expect(() => new FakeConfiguration({ a: 1, 'a.b': 2 })).toThrow(TypeError);
    expect(() => new FakeConfiguration({ 'a.b': 2, a: 1 })).toThrow(TypeError);
  });
});

describe('FakeConfiguration sections', () => {
  it('fill in the defaults of the schema, also when nothing is given', () => {
    expect(new FakeConfiguration().getConfigSection(section)).toEqual({ timeout: 30, retry: { attempts: 3 } });
    expect(new FakeConfiguration({ vendor: { timeout: 5 } }).getConfigSection(section).timeout).toBe(5);
  });

  it('give the same object each time', () => {
    const configuration = new FakeConfiguration({ 'vendor.retry.attempts': 4 });
    expect(configuration.getConfigSection(section)).toBe(configuration.getConfigSection(section));
  });

  it('show the schema a secret only in its wrapping, and leave the given object alone', () => {
    const values = { vendor: { key: 'CANARY' } };
    const read = new FakeConfiguration(values).getConfigSection(section);
    expect(read.key?.reveal()).toBe('CANARY');
    expect(seen.at(-1)).toEqual({ key: new Redacted('CANARY') });
    expect(JSON.stringify(seen)).not.toContain('CANARY');
    expect(values.vendor.key).toBe('CANARY');
  });

  it('report what the schema finds, with the whole path', () => {
    const wrong = new FakeConfiguration({ 'vendor.retry.attempts': 'many' });
    expect(refusal(() => wrong.getConfigSection(section))).toMatchObject({
      kind: 'configuration',
      reason: 'invalidSetting',
      message: 'invalid settings: vendor.retry.attempts: must be a number',
    });
  });

  it.each(['vendor.timout', 'vendor.retry.attempt'])('refuse the unknown key %s', (path) => {
    const wrong = new FakeConfiguration({ [path]: 1 });
    expect(refusal(() => wrong.getConfigSection(section))).toMatchObject({
      reason: 'unknownSetting',
      message: expect.stringContaining(`${path} is unknown`),
    });
  });

  it('leave out a group that another section owns', () => {
    const configuration = new FakeConfiguration({ 'vendor.timeout': 5, 'vendor.quota.daily': 25 });
    expect(configuration.getConfigSection(section).timeout).toBe(5);
    expect(seen.at(-1)).toEqual({ timeout: 5 });
  });

  it('refuse a value in the place of the section, a secret that is no text, and a schema that takes time', () => {
    const later = {
      ...section,
      schema: { '~standard': { ...section.schema['~standard'], validate: async () => ({ issues: [] }) } },
    };
    expect(refusal(() => new FakeConfiguration({ vendor: 1 }).getConfigSection(section)).message).toContain('a group');
    expect(refusal(() => new FakeConfiguration({ 'vendor.key': 1 }).getConfigSection(section)).message).toContain(
      'vendor.key',
    );
    expect(refusal(() => new FakeConfiguration().getConfigSection(later)).message).toContain('synchronously');
  });

  it('are those that were declared, where any were', () => {
    const configuration = new FakeConfiguration({ 'vendor.key': 'CANARY' }, { sections: [section] });
    expect(configuration.getConfigSection(section).key?.reveal()).toBe('CANARY');
    expect(refusal(() => configuration.getConfigSection({ ...section, path: 'other' }))).toMatchObject({
      kind: 'configuration',
      reason: 'unknownSection',
    });
    expect(refusal(() => configuration.getString('vendor.key')).message).toContain('getSecret');
    expect(configuration.getSecret('vendor.key')?.reveal()).toBe('CANARY');
    expect(configuration.reads).toEqual(['vendor', 'other', 'vendor.key', 'vendor.key']);
  });
});
