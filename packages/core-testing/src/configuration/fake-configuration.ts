import {
  type ConfigurationProvider,
  type ConfigurationSection,
  Redacted,
  type SchemaIssue,
  ServiceError,
} from '@quantumtrade/core-traits';
import { getAt, isTree, leavesOf, type SettingTree, setAt, toTree } from './setting-tree.ts';

export interface FakeConfigurationOptions {
  /**
   * The sections that may be asked for: others are refused, and their secrets can only be read as secrets. Any section
   * may be asked for when left out.
   */
  readonly sections?: readonly ConfigurationSection<unknown>[];
}

/**
 * Configuration from an object. Keys may be dotted (`'alpha_vantage.timeout_seconds'`), nested or mixed; `undefined` is
 * the same as absent. Values are not converted: text is not a number here.
 *
 * A setting that is there and wrong throws `ServiceError` of kind `configuration`: reason `invalidSetting`, or
 * `unknownSetting` for a key that its section does not know, or `unknownSection` for a section that is none of those
 * that were given. Messages name the path and never the value.
 */
export class FakeConfiguration implements ConfigurationProvider {
  readonly #tree: SettingTree;
  readonly #declared: readonly ConfigurationSection<unknown>[] | undefined;
  readonly #secretPaths: ReadonlySet<string>;
  readonly #sections: Map<unknown, unknown> = new Map();
  readonly #reads: string[] = [];

  constructor(values: Readonly<Record<string, unknown>> = {}, options: FakeConfigurationOptions = {}) {
    this.#tree = toTree(values);
    this.#declared = options.sections;
    this.#secretPaths = new Set(
      options.sections?.flatMap(({ path, secrets = [] }) => secrets.map((key) => `${path}.${key}`)),
    );
  }

  /** The paths of the settings and sections that were asked for so far, in order, refused ones included. */
  get reads(): readonly string[] {
    return this.#reads;
  }

  getString(path: string): string | undefined {
    const value = this.#valueAt(path);
    if (value !== undefined && this.#secretPaths.has(path)) throw invalid(path, 'is a secret: read it with getSecret');
    if (value === undefined || typeof value === 'string') return value;
    throw invalid(path, 'must be text');
  }

  getInteger(path: string): number | undefined {
    const value = this.#valueAt(path);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw invalid(path, 'must be a whole number of at least 0');
  }

  getBoolean(path: string): boolean | undefined {
    const value = this.#valueAt(path);
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalid(path, 'must be true or false');
  }

  getSecret(path: string): Redacted<string> | undefined {
    const value = this.#valueAt(path);
    return value === undefined ? undefined : asSecret(path, value);
  }

  /**
   * The validated section with its defaults; the same object each time. Secret keys reach the schema as `Redacted`.
   * A group below the section of which the section knows no key is taken for another section's and left out.
   */
  getConfigSection<T>(section: ConfigurationSection<T>): T {
    this.#reads.push(section.path);
    if (this.#declared?.includes(section as ConfigurationSection<unknown>) === false) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'unknownSection',
        message: `section ${section.path} was not declared: add it to the sections of the fake`,
      });
    }
    if (!this.#sections.has(section)) this.#sections.set(section, this.#read(section));
    return this.#sections.get(section) as T;
  }

  #valueAt(path: string): unknown {
    this.#reads.push(path);
    return getAt(this.#tree, path);
  }

  #read<T>(section: ConfigurationSection<T>): T {
    const result = section.schema['~standard'].validate(this.#inputOf(section));
    if (result instanceof Promise) throw invalid(section.path, 'needs a schema that validates synchronously');
    if (result.issues === undefined) return result.value;
    const found = result.issues.map((issue) => describeIssue(section.path, issue)).join('; ');
    throw new ServiceError({ kind: 'configuration', reason: 'invalidSetting', message: `invalid settings: ${found}` });
  }

  #inputOf(section: ConfigurationSection<unknown>): SettingTree {
    const given = getAt(this.#tree, section.path) ?? {};
    if (!isTree(given)) throw invalid(section.path, 'must be a group of settings');
    const input: SettingTree = {};
    for (const { path, value } of leavesOf(given)) {
      const [group = path] = path.split('.');
      const known = section.keys.some((key) => path === key || path.startsWith(`${key}.`));
      if (known) {
        setAt(input, path, section.secrets?.includes(path) ? asSecret(`${section.path}.${path}`, value) : value);
      } else if (path === group || section.keys.some((key) => key.startsWith(`${group}.`))) {
        throw new ServiceError({
          kind: 'configuration',
          reason: 'unknownSetting',
          message: `setting ${section.path}.${path} is unknown: use one of ${section.keys.join(', ')}`,
        });
      }
    }
    return input;
  }
}

function asSecret(path: string, value: unknown): Redacted<string> {
  if (typeof value === 'string') return new Redacted(value);
  if (value instanceof Redacted && typeof value.reveal() === 'string') return value;
  throw invalid(path, 'must be text');
}

function invalid(path: string, rule: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidSetting', message: `setting ${path} ${rule}` });
}

function describeIssue(section: string, issue: SchemaIssue): string {
  const keys = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return `${[section, ...keys].join('.')}: ${issue.message}`;
}
