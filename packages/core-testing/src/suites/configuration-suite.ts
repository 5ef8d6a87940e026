import { inspect } from 'node:util';
import {
  type ConfigurationProvider,
  type ConfigurationSection,
  isServiceError,
  type Redacted,
} from '@quantumtrade/core-traits';
import { asynchronousSection, otherSection, suiteSection } from './configuration/suite-section.ts';
import { expectNotSupported, failureOf, type SuiteSubject, type TestFunctions, using } from './suite.ts';

/** What a provider is to be made of. */
export interface ConfigurationSuiteGiven {
  /** The sections that the provider must know; no others. */
  readonly sections: readonly ConfigurationSection<unknown>[];
  /** Values by full dotted path: texts, numbers and flags. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What {@link configurationSuite} needs to test a configuration provider. */
export interface ConfigurationSuiteFactory {
  /** What the provider can do; everything when left out. */
  readonly supports?: {
    /**
     * Whether it reads secrets. Where not, `getSecret` must throw a `ServiceError` of kind `system` and reason
     * `notSupported`.
     * @default true
     */
    readonly secrets?: boolean;
  };
  /** Makes a provider. It may reject with the provider's own error where that refuses the values as it is made. */
  create(given: ConfigurationSuiteGiven): Promise<SuiteSubject<ConfigurationProvider>>;
}

const canary = 'CANARY-configuration-5b1c';
const sound = { 'suite_vendor.name': 'sandbox', 'suite_vendor.retries': 0, 'suite_vendor.enabled': false };

/**
 * What every {@link ConfigurationProvider} must do. A provider may refuse wrong values when it is made or when they are
 * read; the suite takes both.
 */
export function configurationSuite({ describe, it, expect }: TestFunctions, factory: ConfigurationSuiteFactory): void {
  const secrets = factory.supports?.secrets ?? true;

  /** A test body that reads from a provider of these values. */
  const reading =
    (
      values: Readonly<Record<string, unknown>>,
      body: (configuration: ConfigurationProvider) => Promise<void> | void,
      sections: readonly ConfigurationSection<unknown>[] = [suiteSection],
    ): (() => Promise<void>) =>
    () =>
      using(factory.create({ sections, values }), ({ subject }) => body(subject));

  /** The error that refuses a read, at the read or before; the test fails when there is none. */
  const refusal = async (
    given: Partial<ConfigurationSuiteGiven>,
    read: (configuration: ConfigurationProvider) => unknown,
    names: string,
  ): Promise<unknown> => {
    const creating = (): Promise<SuiteSubject<ConfigurationProvider>> =>
      factory.create({ sections: [suiteSection], values: {}, ...given });
    const error = await failureOf(() => using(creating(), ({ subject }) => read(subject)));
    expect(isServiceError(error) && error.kind, `${names} was met with ${inspect(error)}`).toBe('configuration');
    expect(String(error).includes(names), `"${String(error)}" does not name ${names}`).toBe(true);
    return error;
  };

  describe('a configuration provider', () => {
    it(
      'answers undefined for what is absent, whatever the type',
      reading({ 'suite_vendor.name': 'sandbox' }, (configuration) => {
        const absent = ['suite_vendor.enabled', 'suite_vendor.name.below', 'no_such.thing', 'constructor', '__proto__'];
        for (const path of absent) {
          expect(configuration.getString(path), path).toBe(undefined);
          expect(configuration.getInteger(path), path).toBe(undefined);
          expect(configuration.getBoolean(path), path).toBe(undefined);
          if (secrets) expect(configuration.getSecret(path), path).toBe(undefined);
        }
      }),
    );

    it(
      'gives texts, whole numbers and flags as they were set, also 0 and false',
      reading(sound, (configuration) => {
        expect(configuration.getString('suite_vendor.name')).toBe('sandbox');
        expect(configuration.getInteger('suite_vendor.retries')).toBe(0);
        expect(configuration.getBoolean('suite_vendor.enabled')).toBe(false);
      }),
    );

    it('refuses a value of another type with an error that names it', async () => {
      const values = { ...sound, 'suite_vendor.limits.daily': 1.5, 'suite_vendor.limits.hourly': -1 };
      const wrong: readonly [string, (configuration: ConfigurationProvider) => unknown][] = [
        ['suite_vendor.name', (configuration) => configuration.getInteger('suite_vendor.name')],
        ['suite_vendor.name', (configuration) => configuration.getBoolean('suite_vendor.name')],
        ['suite_vendor.retries', (configuration) => configuration.getBoolean('suite_vendor.retries')],
        ['suite_vendor.enabled', (configuration) => configuration.getInteger('suite_vendor.enabled')],
        ['suite_vendor.limits.daily', (configuration) => configuration.getInteger('suite_vendor.limits.daily')],
        ['suite_vendor.limits.hourly', (configuration) => configuration.getInteger('suite_vendor.limits.hourly')],
      ];
      for (const [path, read] of wrong) await refusal({ values }, read, path);
    });

    it(
      'validates a section and fills in its defaults',
      reading({ 'suite_vendor.name': 'sandbox', 'suite_vendor.limits.daily': 7 }, (configuration) => {
        const { name, retries, limits } = configuration.getConfigSection(suiteSection);
        expect({ name, retries, limits }).toEqual({ name: 'sandbox', retries: 3, limits: { daily: 7 } });
      }),
    );

    it(
      'gives a section of which nothing is set from its defaults',
      reading({}, (configuration) => {
        expect(configuration.getConfigSection(suiteSection).retries).toBe(3);
      }),
    );

    it(
      'gives the same object for a section each time',
      reading(sound, (configuration) => {
        const first = configuration.getConfigSection(suiteSection);
        expect(configuration.getConfigSection(suiteSection) === first, 'another object').toBe(true);
      }),
    );

    it('refuses a section whose values its schema refuses, with an error that names the value', async () => {
      const values = { ...sound, 'suite_vendor.retries': 'many' };
      await refusal(
        { values },
        (configuration) => configuration.getConfigSection(suiteSection),
        'suite_vendor.retries',
      );
    });

    it('refuses a key that the section does not know, with an error that names the key', async () => {
      const values = { ...sound, 'suite_vendor.retrys': 1 };
      await refusal({ values }, (configuration) => configuration.getConfigSection(suiteSection), 'suite_vendor.retrys');
    });

    it('refuses a section that nobody declared', async () => {
      await refusal({ values: sound }, (configuration) => configuration.getConfigSection(otherSection), 'suite_other');
    });

    it('refuses a schema that validates asynchronously', async () => {
      const sections = [asynchronousSection];
      await refusal({ sections }, (read) => read.getConfigSection(asynchronousSection), 'suite_later');
    });

    if (!secrets) {
      it(
        'refuses to read secrets, as it declares',
        reading(sound, async (configuration) => {
          expectNotSupported(expect, await failureOf(() => configuration.getSecret('suite_vendor.api_key')));
        }),
      );
      return;
    }

    const withSecret = { ...sound, 'suite_vendor.api_key': canary };
    const shows = (value: unknown): boolean => everyFormOf(value).some((text) => text.includes(canary));

    it(
      'gives a secret that shows itself only when asked',
      reading(withSecret, (configuration) => {
        const secret = configuration.getSecret('suite_vendor.api_key');
        expect(secret?.reveal()).toBe(canary);
        expect(shows(secret), 'the secret can be read in its printed forms').toBe(false);
      }),
    );

    it(
      'keeps the secrets of a section wrapped',
      reading(withSecret, (configuration) => {
        const section = configuration.getConfigSection(suiteSection);
        expect((section.api_key as Redacted | undefined)?.reveal?.()).toBe(canary);
        expect(shows(section), 'the secret can be read in the printed forms of its section').toBe(false);
      }),
    );

    it('gives no declared secret as plain text', async () => {
      await refusal({ values: withSecret }, (read) => read.getString('suite_vendor.api_key'), 'suite_vendor.api_key');
    });

    it('keeps a secret out of the errors about it', async () => {
      const read = [
        (configuration: ConfigurationProvider) => configuration.getInteger('suite_vendor.api_key'),
        (configuration: ConfigurationProvider) => configuration.getBoolean('suite_vendor.api_key'),
      ];
      for (const wrong of read) {
        const error = await refusal({ values: withSecret }, wrong, 'suite_vendor.api_key');
        expect(shows(error), 'the error shows the secret').toBe(false);
      }
    });
  });
}

/** The ways in which a value gets into logs. */
function everyFormOf(value: unknown): string[] {
  const whole = inspect(value, { depth: Infinity, showHidden: true, getters: true });
  return [String(value), `${JSON.stringify(value)}`, JSON.stringify({ ...Object(value) }), whole];
}
