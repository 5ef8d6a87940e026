import { type ConfigurationSection, Redacted } from '@quantumtrade/core-traits';
import { createRedactor } from '../monitoring/redactor.ts';
import { type Aliases, aliasNames, readAliases } from './alias-layer.ts';
import { type Environment, readPrefixedEnvironment } from './environment-layer.ts';
import type { KnownSettings } from './known-settings.ts';
import { type Layer, mergeLayers } from './layer.ts';
import type { ConfigurationProblem } from './problem.ts';
import { validateSection } from './section-validation.ts';
import { type FileFailure, readSettingsFile } from './settings-file.ts';
import { SettingsSnapshot } from './settings-snapshot.ts';
import { TableLayer } from './table-layer.ts';

/** Where settings come from. Later fields win over earlier ones; the schemas' defaults are weakest. */
export interface ConfigurationOptions {
  /** Every section that may be asked for; all are validated at once. */
  readonly sections: readonly ConfigurationSection<unknown>[];
  /** Path of a TOML, YAML or JSON file, told apart by its extension. A file that is named must exist. */
  readonly file?: string | undefined;
  /** Environment variables, normally `process.env`; none are read when left out. */
  readonly environment?: Environment | undefined;
  /** Start of the variables' names, such as `MARKET_DATA_`. */
  readonly environmentPrefix: string;
  /** Further variables by name, each with the dotted path that it sets. */
  readonly aliases?: Aliases | undefined;
  /** Values by dotted path, such as command-line options. An `undefined` value sets nothing. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
}

/** All settings read once, with the files that they were read from. */
export type LoadedSettings = { readonly files: readonly string[] } & (
  | { readonly snapshot: SettingsSnapshot }
  | {
      readonly snapshot?: undefined;
      readonly reason: FileFailure | 'invalidConfiguration';
      readonly problems: readonly ConfigurationProblem[];
    }
);

/** Reads, merges and validates all settings. Never throws, except for what a host's own objects throw. */
export function loadSettings(options: ConfigurationOptions, known: KnownSettings): LoadedSettings {
  const { file, environment = {}, aliases = {}, environmentPrefix: prefix } = options;
  const layers: Layer[] = [
    readPrefixedEnvironment({ known, environment, prefix, except: aliasNames(aliases) }),
    readAliases({ known, environment, aliases }),
    tableLayer(known, 'override', options.overrides),
  ];
  const files = [...(file === undefined ? [] : [file]), ...layers.flatMap((layer) => layer.files ?? [])];
  const read = file === undefined ? { table: {} } : readSettingsFile(file);
  if ('failure' in read) {
    // The sections are not judged: half of what they need may stand in the file.
    const problems = [{ layer: `file ${file}`, message: read.message }, ...layers.flatMap((layer) => layer.problems)];
    return { files, reason: read.failure, problems };
  }
  layers.unshift(tableLayer(known, `file ${file}`, read.table));

  const merged = mergeLayers(layers);
  const problems = [...declaredTwice(known.sections), ...layers.flatMap((layer) => layer.problems)];
  const secrets = secretsOf(known, layers);
  const redact = createRedactor(() => secrets);
  const outputs = new Map<string, unknown>();
  for (const section of known.sections) {
    const outcome = validateSection(section, merged, redact);
    if (outcome.problems === undefined) outputs.set(section.path, outcome.output);
    else problems.push(...outcome.problems);
  }
  if (problems.length > 0) return { files, reason: 'invalidConfiguration', problems };
  return { files, snapshot: new SettingsSnapshot({ known, merged, outputs, secrets }) };
}

function tableLayer(known: KnownSettings, name: string, table: Readonly<Record<string, unknown>> = {}): Layer {
  const layer = new TableLayer({ known, layer: name });
  layer.addTable(table);
  return layer;
}

function declaredTwice(sections: readonly ConfigurationSection<unknown>[]): ConfigurationProblem[] {
  const paths = sections.map((section) => section.path);
  const repeated = new Set(paths.filter((path, index) => paths.indexOf(path) !== index));
  return [...repeated].map((path) => ({ path, layer: 'default', message: `section ${path} is declared twice` }));
}

function secretsOf(known: KnownSettings, layers: readonly Layer[]): string[] {
  const found: string[] = [];
  for (const layer of layers) {
    for (const [path, { value }] of layer.values) {
      if (known.get(path)?.secret !== true) continue;
      const text: unknown = value instanceof Redacted ? value.reveal() : value;
      if (typeof text === 'string' || typeof text === 'number') found.push(String(text));
    }
  }
  return found;
}
