import { isDeepStrictEqual } from 'node:util';
import { Redacted } from '@quantumtrade/core-traits';
import type { KnownSetting, KnownSettings } from './known-settings.ts';
import type { LayerValue } from './layer.ts';
import { copyPlain, valueAt } from './plain.ts';

/** What a snapshot is made of. */
export interface SnapshotParts {
  readonly known: KnownSettings;
  readonly merged: ReadonlyMap<string, LayerValue>;
  /** The validated, frozen result of each section by its path. */
  readonly outputs: ReadonlyMap<string, unknown>;
  /** Secrets of every layer, also of those that others override. */
  readonly secrets: readonly string[];
}

/** All settings as they were at one moment, merged and validated; immutable. */
export class SettingsSnapshot {
  readonly known: KnownSettings;
  readonly secrets: readonly string[];
  readonly #merged: ReadonlyMap<string, LayerValue>;
  readonly #outputs: ReadonlyMap<string, unknown>;

  constructor({ known, merged, outputs, secrets }: SnapshotParts) {
    this.known = known;
    this.#merged = merged;
    this.#outputs = outputs;
    const effective = [...known.all()].map((setting) => this.effective(setting));
    const revealed = effective.flatMap((value) => (value instanceof Redacted ? [String(value.reveal())] : []));
    this.secrets = Object.freeze([...new Set([...secrets, ...revealed])].filter((text) => text !== ''));
  }

  /** The validated section that stands at `path`. */
  section(path: string): unknown {
    return this.#outputs.get(path);
  }

  /** Where a setting's value came from. */
  layerOf(path: string): string {
    return this.#merged.get(path)?.layer ?? 'default';
  }

  /**
   * The value that the section's schema gave out. A schema that renames its keys gives nothing under the setting's own
   * name; then it is the value as it was set.
   */
  effective(setting: KnownSetting): unknown {
    const validated = valueAt(this.#outputs.get(setting.section.path), setting.key);
    if (validated !== undefined) return validated;
    const set = this.#merged.get(setting.path)?.value;
    return setting.secret && typeof set === 'string' ? new Redacted(set) : set;
  }

  /** The paths whose effective values differ in `other`, in the order of declaration. */
  changedIn(other: SettingsSnapshot): string[] {
    return [...this.known.all()]
      .filter((setting) => !isDeepStrictEqual(bare(this.effective(setting)), bare(other.effective(setting))))
      .map(({ path }) => path);
  }

  /** The same settings; sections without a changed path keep the objects that `older` gave out. */
  keepingSectionsOf(older: SettingsSnapshot, changed: readonly string[]): SettingsSnapshot {
    const paths = new Set(changed);
    const outputs = new Map(this.#outputs);
    for (const { path, keys } of this.known.sections) {
      if (!keys.some((key) => paths.has(`${path}.${key}`))) outputs.set(path, older.section(path));
    }
    return new SettingsSnapshot({ known: this.known, merged: this.#merged, outputs, secrets: this.secrets });
  }
}

/** Two different secrets look alike from outside, so they are compared in the open. */
function bare(value: unknown): unknown {
  return copyPlain(value, (leaf) => (leaf instanceof Redacted ? { secret: leaf.reveal() } : leaf));
}
