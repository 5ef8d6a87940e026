import type { KnownSettings } from './known-settings.ts';
import { isReserved } from './known-settings.ts';
import type { Layer, LayerValue } from './layer.ts';
import { copyPlain, isPlainObject } from './plain.ts';
import type { ConfigurationProblem } from './problem.ts';
import { unknownSection, unknownSetting } from './unknown-names.ts';

/** Reads tables of settings (a parsed file, or overrides) into a layer, and refuses what no section declares. */
export class TableLayer implements Layer {
  readonly values: Map<string, LayerValue> = new Map();
  readonly problems: ConfigurationProblem[] = [];
  readonly #known: KnownSettings;
  readonly #layer: string;

  constructor(dependencies: { readonly known: KnownSettings; readonly layer: string }) {
    this.#known = dependencies.known;
    this.#layer = dependencies.layer;
  }

  /** Takes what stands at `path`: a setting, or a table of them. */
  add(path: string, value: unknown): void {
    if (value === undefined) return;
    if (this.#known.isTable(path)) {
      if (isPlainObject(value)) this.addTable(value, path);
      else if (this.#known.get(path) !== undefined) this.#set(path, value);
      // YAML writes a table whose settings are all commented out so.
      else if (value !== null) this.#refuse(path, 'must be a table of settings');
    } else if (this.#known.get(path) !== undefined) this.#set(path, value);
    else if (isPlainObject(value)) this.problems.push(unknownSection(this.#known, path, this.#layer));
    else this.problems.push(unknownSetting(this.#known, path, this.#layer));
  }

  /** Takes every entry of a table that stands at `path`; the root when left out. */
  addTable(table: Readonly<Record<string, unknown>>, path?: string): void {
    for (const [key, value] of Object.entries(table)) this.add(path === undefined ? key : `${path}.${key}`, value);
  }

  #refuse(path: string, what: string): void {
    this.problems.push({ path, layer: this.#layer, message: `${path} (${this.#layer}): ${what}` });
  }

  #set(path: string, value: unknown): void {
    if (this.#refusedReserved(value, path)) return;
    // A copy, because the section's result is frozen later and the caller's objects must not be.
    this.values.set(path, { value: copyPlain(value, (leaf) => leaf), layer: this.#layer });
  }

  /** A setting may itself be a table with free keys; those that could reach a prototype are refused all the same. */
  #refusedReserved(value: unknown, path: string): boolean {
    if (typeof value !== 'object' || value === null || !(Array.isArray(value) || isPlainObject(value))) return false;
    let refused = false;
    for (const [key, item] of Object.entries(value)) {
      const below = `${path}.${key}`;
      if (isReserved(key)) {
        this.problems.push(unknownSetting(this.#known, below, this.#layer));
        refused = true;
      } else refused = this.#refusedReserved(item, below) || refused;
    }
    return refused;
  }
}
