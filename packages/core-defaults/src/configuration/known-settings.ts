import type { ConfigurationSection } from '@quantumtrade/core-traits';

/** A setting that some section declares. */
export interface KnownSetting {
  /** Full dotted path, such as `alpha_vantage.api_key`. */
  readonly path: string;
  readonly section: ConfigurationSection<unknown>;
  /** Path inside the section, such as `api_key` or `data_quality.min_quality_score`. */
  readonly key: string;
  readonly secret: boolean;
}

/** Path segments that mean something to JavaScript itself; no setting may be called so. */
const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a path segment could reach an object's prototype. */
export function isReserved(segment: string): boolean {
  return reserved.has(segment);
}

/** Every setting that a set of sections declares, found by path. */
export class KnownSettings {
  readonly sections: readonly ConfigurationSection<unknown>[];
  readonly #byPath = new Map<string, KnownSetting>();
  readonly #byLowerCasePath = new Map<string, KnownSetting>();
  readonly #tables = new Set<string>();

  constructor(sections: readonly ConfigurationSection<unknown>[]) {
    this.sections = sections;
    for (const section of sections) {
      const secrets = new Set(section.secrets);
      addPrefixes(this.#tables, section.path, true);
      for (const key of section.keys) {
        const path = `${section.path}.${key}`;
        if (path.split('.').some(isReserved)) continue;
        const setting = { path, section, key, secret: secrets.has(key) };
        this.#byPath.set(path, setting);
        this.#byLowerCasePath.set(path.toLowerCase(), setting);
        addPrefixes(this.#tables, path, false);
      }
    }
  }

  get(path: string): KnownSetting | undefined {
    return this.#byPath.get(path);
  }

  /** Finds a setting when only letters' case may differ, as in the name of an environment variable. */
  getIgnoringCase(path: string): KnownSetting | undefined {
    return this.#byLowerCasePath.get(path.toLowerCase());
  }

  /** Whether settings stand below `path`. */
  isTable(path: string): boolean {
    return this.#tables.has(path);
  }

  all(): IterableIterator<KnownSetting> {
    return this.#byPath.values();
  }

  paths(): string[] {
    return [...this.#byPath.keys()];
  }

  tables(): string[] {
    return [...this.#tables];
  }
}

function addPrefixes(into: Set<string>, path: string, itself: boolean): void {
  const segments = path.split('.');
  const last = itself ? segments.length : segments.length - 1;
  for (let length = 1; length <= last; length++) into.add(segments.slice(0, length).join('.'));
}
