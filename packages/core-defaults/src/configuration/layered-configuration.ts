import {
  type ConfigurationProvider,
  type ConfigurationSection,
  Redacted,
  ServiceError,
} from '@quantumtrade/core-traits';
import type { KnownSetting, KnownSettings } from './known-settings.ts';
import type { LayerValue } from './layer.ts';
import { valueAt } from './plain.ts';

/** One effective setting, fit to be shown. */
export interface DescribedSetting {
  /** Full dotted path. */
  readonly path: string;
  /** The value in force; `[redacted]` for a secret. */
  readonly value: unknown;
  /** Where it came from: `default`, `file …`, `environment …` or `override`. */
  readonly layer: string;
}

/** Settings merged from layers and validated; immutable once made. Make one with `createConfigurationProvider`. */
export class LayeredConfiguration implements ConfigurationProvider {
  readonly #known: KnownSettings;
  readonly #merged: ReadonlyMap<string, LayerValue>;
  readonly #outputs: ReadonlyMap<string, unknown>;
  readonly #secrets: readonly string[];

  constructor(dependencies: {
    readonly known: KnownSettings;
    readonly merged: ReadonlyMap<string, LayerValue>;
    /** The validated, frozen result of each section by its path. */
    readonly outputs: ReadonlyMap<string, unknown>;
    /** Secrets of every layer, also of those that others override. */
    readonly secrets: readonly string[];
  }) {
    this.#known = dependencies.known;
    this.#merged = dependencies.merged;
    this.#outputs = dependencies.outputs;
    const effective = [...this.#known.all()].map((setting) => this.#effective(setting));
    const revealed = effective.flatMap((value) => (value instanceof Redacted ? [String(value.reveal())] : []));
    this.#secrets = Object.freeze([...new Set([...dependencies.secrets, ...revealed])].filter((text) => text !== ''));
  }

  getString(path: string): string | undefined {
    return this.#get(path, 'text', (value) => (typeof value === 'string' ? value : undefined));
  }

  getInteger(path: string): number | undefined {
    return this.#get(path, 'a whole number of at least 0', (value) =>
      Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined,
    );
  }

  getBoolean(path: string): boolean | undefined {
    return this.#get(path, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  getSecret(path: string): Redacted<string> | undefined {
    return this.#get(path, 'a declared secret', (value) =>
      value instanceof Redacted ? (value as Redacted<string>) : undefined,
    );
  }

  getConfigSection<T>(section: ConfigurationSection<T>): T {
    const declared = this.#known.sections.find(({ path }) => path === section.path);
    if (declared?.schema !== section.schema) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'unknownSection',
        message: `section ${section.path} was not declared${declared === undefined ? '' : ' with this schema'}: add it to the sections of the configuration provider`,
      });
    }
    return this.#outputs.get(section.path) as T;
  }

  /** Every effective setting with the layer it came from, in the order of declaration; absent ones are left out. */
  describe(): readonly DescribedSetting[] {
    return [...this.#known.all()].flatMap((setting) => {
      const value = this.#effective(setting);
      if (value === undefined) return [];
      const layer = this.#merged.get(setting.path)?.layer ?? 'default';
      return [{ path: setting.path, value: value instanceof Redacted ? '[redacted]' : value, layer }];
    });
  }

  /** The secrets themselves, for a redactor that keeps them out of logs. Never write them anywhere. */
  secrets(): readonly string[] {
    return this.#secrets;
  }

  #get<T>(path: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    const setting = this.#known.get(path);
    const value = setting === undefined ? undefined : this.#effective(setting);
    if (value === undefined || value === null) return undefined;
    const result = read(value);
    if (result !== undefined) return result;
    const layer = this.#merged.get(path)?.layer ?? 'default';
    throw new ServiceError({
      kind: 'configuration',
      reason: 'wrongType',
      message: `${path} (${layer}) is not ${expected}${value instanceof Redacted ? ': it is a secret, use getSecret' : ''}`,
    });
  }

  /**
   * The value that the section's schema gave out. A schema that renames its keys gives nothing under the setting's own
   * name; then it is the value as it was set.
   */
  #effective(setting: KnownSetting): unknown {
    const validated = valueAt(this.#outputs.get(setting.section.path), setting.key);
    if (validated !== undefined) return validated;
    const set = this.#merged.get(setting.path)?.value;
    return setting.secret && typeof set === 'string' ? new Redacted(set) : set;
  }
}
