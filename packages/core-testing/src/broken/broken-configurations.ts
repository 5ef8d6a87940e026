import { type ConfigurationProvider, Redacted, ServiceError } from '@quantumtrade/core-traits';
import { FakeConfiguration } from '../configuration/fake-configuration.ts';
import type { ConfigurationSuiteFactory, ConfigurationSuiteGiven } from '../suites/configuration-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (sound: FakeConfiguration, given: ConfigurationSuiteGiven) => Partial<ConfigurationProvider>;

const apiKey = 'suite_vendor.api_key';

/** Configuration providers that break a law of the configuration suite each. */
export const brokenConfigurations: readonly BrokenImplementation<ConfigurationSuiteFactory>[] = [
  broken('answers null for nothing', 'answers undefined for what is absent, whatever the type', (sound) => ({
    getBoolean: (path) => sound.getBoolean(path) ?? (null as unknown as undefined),
  })),
  broken('throws at what is absent', 'answers undefined for what is absent, whatever the type', (sound) => ({
    getString: (path) => {
      const value = sound.getString(path);
      if (value === undefined) throw invalid(path);
      return value;
    },
  })),
  broken('takes 0 for nothing', 'gives texts, whole numbers and flags as they were set, also 0 and false', (sound) => ({
    getInteger: (path) => sound.getInteger(path) || undefined,
  })),
  broken('converts what it can', 'refuses a value of another type with an error that names it', (_, { values }) => ({
    getBoolean: (path) => Boolean(values[path]),
  })),
  broken('takes broken numbers', 'refuses a value of another type with an error that names it', (sound, given) => ({
    getInteger: (path) => (path.includes('limits') ? (given.values[path] as number) : sound.getInteger(path)),
  })),
  broken('throws errors of its own', 'refuses a value of another type with an error that names it', (sound) => ({
    getInteger: (path) => {
      try {
        return sound.getInteger(path);
      } catch {
        throw new TypeError(`${path} is wrong`);
      }
    },
  })),
  broken('drops nested settings', 'validates a section and fills in its defaults', (_, { sections, values }) => ({
    getConfigSection: (section) => {
      const flat = Object.entries(values).filter(([path]) => path.split('.').length === 2);
      return new FakeConfiguration(Object.fromEntries(flat), { sections }).getConfigSection(section);
    },
  })),
  broken(
    'has no section without settings',
    'gives a section of which nothing is set from its defaults',
    (sound, given) => ({
      getConfigSection: (section) => {
        if (Object.keys(given.values).length === 0) throw invalid(section.path);
        return sound.getConfigSection(section);
      },
    }),
  ),
  broken('validates at each reading', 'gives the same object for a section each time', (_, { sections, values }) => ({
    getConfigSection: (section) => new FakeConfiguration(values, { sections }).getConfigSection(section),
  })),
  broken(
    'falls back on the defaults where a value is wrong',
    'refuses a section whose values its schema refuses, with an error that names the value',
    (sound, { sections }) => ({
      getConfigSection: (section) => {
        try {
          return sound.getConfigSection(section);
        } catch {
          return new FakeConfiguration({}, { sections }).getConfigSection(section);
        }
      },
    }),
  ),
  broken(
    'ignores keys that it does not know',
    'refuses a key that the section does not know, with an error that names the key',
    (_, { sections, values }) => {
      const known = Object.entries(values).filter(([path]) => !path.endsWith('.retrys'));
      const lenient = new FakeConfiguration(Object.fromEntries(known), { sections });
      return { getConfigSection: (section) => lenient.getConfigSection(section) };
    },
  ),
  broken('reads any section', 'refuses a section that nobody declared', (_, { values }) => {
    const open = new FakeConfiguration(values);
    return { getConfigSection: (section) => open.getConfigSection(section) };
  }),
  broken('hands out promises', 'refuses a schema that validates asynchronously', (sound) => ({
    getConfigSection: <T>(section: Parameters<ConfigurationProvider['getConfigSection']>[0]) => {
      const result = section.schema['~standard'].validate({});
      return (result instanceof Promise ? result : sound.getConfigSection(section)) as T;
    },
  })),
  broken('hands out secrets that print', 'gives a secret that shows itself only when asked', (sound) => ({
    getSecret: (path) => {
      const text = sound.getSecret(path)?.reveal();
      if (text === undefined) return undefined;
      return Object.assign(new Redacted(text), { text });
    },
  })),
  broken('unwraps secrets in sections', 'keeps the secrets of a section wrapped', (sound, { values }) => ({
    getConfigSection: (section) => ({ ...sound.getConfigSection(section), api_key: values[apiKey] }),
  })),
  broken('gives secrets to whoever reads texts', 'gives no declared secret as plain text', (_, { values }) => {
    const open = new FakeConfiguration(values);
    return { getString: (path) => open.getString(path) };
  }),
  broken('quotes what is wrong', 'keeps a secret out of the errors about it', (sound, { values }) => ({
    getInteger: (path) => {
      if (typeof values[path] === 'string') throw invalid(`${path} ("${values[path]}")`);
      return sound.getInteger(path);
    },
  })),
  broken(
    'has no secret where it reads none',
    'refuses to read secrets, as it declares',
    () => ({ getSecret: () => undefined }),
    {
      secrets: false,
    },
  ),
];

function broken(
  defect: string,
  law: string,
  by: Break,
  supports: NonNullable<ConfigurationSuiteFactory['supports']> = {},
): BrokenImplementation<ConfigurationSuiteFactory> {
  const create: ConfigurationSuiteFactory['create'] = async (given) => {
    const fake = new FakeConfiguration(given.values, { sections: given.sections });
    const sound: ConfigurationProvider = {
      getString: (path) => fake.getString(path),
      getInteger: (path) => fake.getInteger(path),
      getBoolean: (path) => fake.getBoolean(path),
      getSecret: (path) => fake.getSecret(path),
      getConfigSection: (section) => fake.getConfigSection(section),
    };
    return { subject: { ...sound, ...by(fake, given) } };
  };
  return { defect, law, factory: { supports, create } };
}

function invalid(path: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidSetting', message: `setting ${path} is wrong` });
}
